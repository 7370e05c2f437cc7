package peerbench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka: one topic, one partition (one order, one cursor), key = tag, acks=all, linger 0; filtering is the client's job. */
public final class Kafka extends Peer {
    KafkaProducer<String, byte[]>[] c;
    static final TopicPartition TP = new TopicPartition("ev", 0);

    Properties base() {
        Properties p = new Properties();
        p.put("bootstrap.servers", "127.0.0.1:" + opt.get("port"));
        return p;
    }

    @SuppressWarnings("unchecked")
    @Override
    public void open(Map<String, String> opt, int conns) throws Exception {
        this.opt = opt;
        this.conns = conns;
        try (Admin a = Admin.create(base())) {
            if (!a.listTopics().names().get().contains("ev")) {
                NewTopic t = new NewTopic("ev", 1, (short) 1);
                if (opt.containsKey("flush")) t.configs(Map.of("flush.messages", opt.get("flush")));
                a.createTopics(List.of(t)).all().get();
            }
        }
        c = new KafkaProducer[conns];
        for (int i = 0; i < conns; i++) {
            Properties p = base();
            p.put("acks", "all");
            p.put("linger.ms", opt.getOrDefault("linger", "0"));
            p.put("enable.idempotence", "true");
            p.put("max.block.ms", "30000");
            c[i] = new KafkaProducer<>(p, new StringSerializer(), new ByteArraySerializer());
            c[i].partitionsFor("ev");
        }
    }

    @Override
    public CompletableFuture<?> put(int i, String tag, byte[] p) {
        CompletableFuture<Object> f = new CompletableFuture<>();
        c[i].send(new ProducerRecord<>("ev", 0, tag, p), (m, e) -> {
            if (e != null) f.completeExceptionally(e);
            else f.complete(m);
        });
        return f;
    }

    @Override
    public String batchKind() {
        return "100 sends, client batches";
    }

    @Override
    public String filter() {
        return "client";
    }

    KafkaConsumer<String, byte[]> consumer() {
        Properties p = base();
        p.put("fetch.min.bytes", "1");
        p.put("fetch.max.wait.ms", "500");
        p.put("max.poll.records", "2000");
        p.put("enable.auto.commit", "false");
        var k = new KafkaConsumer<>(p, new StringDeserializer(), new ByteArrayDeserializer());
        k.assign(List.of(TP));
        return k;
    }

    @Override
    public AutoCloseable subscribe(int idx, String prefix, Sink sink) throws Exception {
        boolean[] stop = {false};
        var ready = new java.util.concurrent.CountDownLatch(1);
        Thread t = new Thread(
                null,
                () -> {
                    try (var k = consumer()) {
                        k.seekToEnd(List.of(TP));
                        k.position(TP);
                        ready.countDown();
                        while (!stop[0])
                            for (var r : k.poll(Duration.ofMillis(1000)))
                                if (match(r.key(), prefix)) sink.onEvent(r.value());
                    }
                },
                "sub" + idx,
                256 << 10);
        t.setDaemon(true);
        t.start();
        ready.await();
        return () -> stop[0] = true;
    }

    @Override
    public long readAll(long expect) {
        long n = 0;
        try (var k = consumer()) {
            k.seekToBeginning(List.of(TP));
            while (n < expect) n += k.poll(Duration.ofSeconds(1)).count();
        }
        return n;
    }

    @Override
    public void close() {
        for (var x : c) x.close(Duration.ofSeconds(2));
    }
}
