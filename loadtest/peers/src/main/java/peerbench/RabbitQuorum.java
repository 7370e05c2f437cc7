package peerbench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;

/** RabbitMQ AMQP 0.9.1: topic exchange, quorum queue bound to # keeps every event (fsync), confirms; subscribers = exclusive queues bound by pattern. */
public final class RabbitQuorum extends Peer {
    Connection[] c;
    Channel[] ch;
    ConcurrentSkipListMap<Long, CompletableFuture<Object>>[] wait;
    Connection[] sub = new Connection[4];

    ConnectionFactory cf() {
        ConnectionFactory f = new ConnectionFactory();
        f.setHost("127.0.0.1");
        f.setPort(Integer.parseInt(opt.get("port")));
        return f;
    }

    @SuppressWarnings("unchecked")
    @Override
    public void open(Map<String, String> opt, int conns) throws Exception {
        this.opt = opt;
        this.conns = conns;
        c = new Connection[conns];
        ch = new Channel[conns];
        wait = new ConcurrentSkipListMap[conns];
        for (int i = 0; i < conns; i++) {
            c[i] = cf().newConnection();
            ch[i] = c[i].createChannel();
            ch[i].confirmSelect();
            var w = wait[i] = new ConcurrentSkipListMap<>();
            ch[i].addConfirmListener(
                    (tag, multi) -> done(w, tag, multi, null),
                    (tag, multi) -> done(w, tag, multi, new RuntimeException("nack")));
        }
        ch[0].exchangeDeclare("ev", "topic", true);
        ch[0].queueDeclare("store", true, false, false, Map.of("x-queue-type", opt.getOrDefault("qtype", "quorum")));
        ch[0].queueBind("store", "ev", "#");
    }

    static void done(ConcurrentSkipListMap<Long, CompletableFuture<Object>> w, long tag, boolean multi, Throwable t) {
        var m = multi ? w.headMap(tag, true) : w.subMap(tag, true, tag, true);
        while (true) {
            var e = m.pollFirstEntry();
            if (e == null) break;
            if (t == null) e.getValue().complete(null);
            else e.getValue().completeExceptionally(t);
        }
    }

    @Override
    public CompletableFuture<?> put(int i, String tag, byte[] p) {
        CompletableFuture<Object> f = new CompletableFuture<>();
        synchronized (ch[i]) {
            wait[i].put(ch[i].getNextPublishSeqNo(), f);
            try {
                ch[i].basicPublish("ev", tag, MessageProperties.PERSISTENT_BASIC, p);
            } catch (Exception e) {
                f.completeExceptionally(e);
            }
        }
        return f;
    }

    @Override
    public String filter() {
        return "server";
    }

    @Override
    public synchronized AutoCloseable subscribe(int idx, String prefix, Sink sink) throws Exception {
        int k = idx % 4;
        if (sub[k] == null) sub[k] = cf().newConnection();
        Channel x = sub[k].createChannel();
        String q = x.queueDeclare().getQueue();
        x.queueBind(q, "ev", prefix.isEmpty() ? "#" : prefix.endsWith(".") ? prefix + "#" : prefix);
        x.basicConsume(q, true, new DefaultConsumer(x) {
            @Override
            public void handleDelivery(String t, Envelope e, AMQP.BasicProperties p, byte[] b) {
                sink.onEvent(b);
            }
        });
        return x;
    }

    @Override
    public void close() throws Exception {
        for (var x : c) x.close();
    }
}
