package peerbench;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** NATS JetStream: subject e.CAT.CODE, file storage; ordered push consumers with a filter subject (sub=core: live only). */
public final class Nats extends Peer {
    Connection[] c;
    JetStream[] js;
    Connection[] sub = new Connection[4];
    Dispatcher[] d = new Dispatcher[4];

    Connection conn() throws Exception {
        return io.nats.client.Nats.connect(new io.nats.client.Options.Builder()
                .server("nats://127.0.0.1:" + opt.get("port"))
                .maxMessagesInOutgoingQueue(200000)
                .connectionTimeout(Duration.ofSeconds(10))
                .build());
    }

    @Override
    public void open(Map<String, String> opt, int conns) throws Exception {
        this.opt = opt;
        this.conns = conns;
        c = new Connection[conns];
        js = new JetStream[conns];
        for (int i = 0; i < conns; i++) {
            c[i] = conn();
            js[i] = c[i].jetStream();
        }
        var jsm = c[0].jetStreamManagement();
        if (!jsm.getStreamNames().contains("EV"))
            jsm.addStream(StreamConfiguration.builder()
                    .name("EV")
                    .subjects("e.>")
                    .storageType(StorageType.File)
                    .duplicateWindow(Duration.ofSeconds(1))
                    .build());
    }

    @Override
    public CompletableFuture<?> put(int i, String tag, byte[] p) {
        return js[i].publishAsync("e." + tag, p);
    }

    @Override
    public String filter() {
        return "server";
    }

    static String subj(String prefix) {
        return prefix.isEmpty() ? "e.>" : prefix.endsWith(".") ? "e." + prefix + ">" : "e." + prefix;
    }

    @Override
    public synchronized AutoCloseable subscribe(int idx, String prefix, Sink sink) throws Exception {
        int k = idx % 4;
        if (sub[k] == null) {
            sub[k] = conn();
            d[k] = sub[k].createDispatcher();
            d[k].setPendingLimits(-1, -1);
        }
        if ("core".equals(opt.get("sub"))) {
            var s = d[k].subscribe(subj(prefix), m -> sink.onEvent(m.getData()));
            sub[k].flush(Duration.ofSeconds(5));
            return () -> d[k].unsubscribe(s);
        }
        JetStreamSubscription s = sub[k].jetStream()
                .subscribe(
                        subj(prefix),
                        d[k],
                        m -> sink.onEvent(m.getData()),
                        false,
                        PushSubscribeOptions.builder()
                                .ordered(true)
                                .configuration(ConsumerConfiguration.builder()
                                        .deliverPolicy(DeliverPolicy.New)
                                        .build())
                                .build());
        return () -> d[k].unsubscribe(s);
    }

    @Override
    public long readAll(long expect) throws Exception {
        Connection cc = conn();
        long n = 0;
        JetStreamSubscription s = cc.jetStream()
                .subscribe(
                        "e.>",
                        PushSubscribeOptions.builder()
                                .ordered(true)
                                .configuration(ConsumerConfiguration.builder()
                                        .deliverPolicy(DeliverPolicy.All)
                                        .build())
                                .pendingMessageLimit(-1)
                                .pendingByteLimit(-1)
                                .build());
        while (n < expect) {
            Message m = s.nextMessage(Duration.ofSeconds(10));
            if (m == null) break;
            n++;
        }
        cc.close();
        return n;
    }

    @Override
    public void close() throws Exception {
        for (var x : c) x.close();
    }
}
