package peerbench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Redis Streams have no filter: one stream per tag, subscribers XREAD BLOCK the keys of their prefix; layout=single = one stream, filter on the client. */
public final class Redis extends Peer {
    RedisClient rc;
    boolean single;
    StatefulRedisConnection<String, byte[]>[] c;
    static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    @SuppressWarnings("unchecked")
    @Override
    public void open(Map<String, String> opt, int conns) {
        this.opt = opt;
        this.conns = conns;
        single = "single".equals(opt.get("layout"));
        rc = RedisClient.create("redis://127.0.0.1:" + opt.get("port"));
        c = new StatefulRedisConnection[conns];
        for (int i = 0; i < conns; i++) c[i] = rc.connect(CODEC);
    }

    @Override
    public CompletableFuture<?> put(int i, String tag, byte[] p) {
        return (single
                        ? c[i].async().xadd("s:all", Map.of("t", tag.getBytes(), "p", p))
                        : c[i].async().xadd("s:" + tag, Map.of("p", p)))
                .toCompletableFuture();
    }

    @Override
    public String batchKind() {
        return "100 XADD pipelined";
    }

    @Override
    public String filter() {
        return single ? "client" : "key-per-tag";
    }

    List<String> keys(String prefix) {
        if (single) return List.of("s:all");
        List<String> l = new ArrayList<>();
        for (String t : Main.TAGS) if (match(t, prefix)) l.add("s:" + t);
        return l;
    }

    @Override
    public AutoCloseable subscribe(int idx, String prefix, Sink sink) {
        var conn = rc.connect(CODEC);
        Map<String, String> at = new HashMap<>();
        boolean[] stop = {false};
        for (String k : keys(prefix)) {
            var last = conn.sync().xrevrange(k, io.lettuce.core.Range.unbounded(), io.lettuce.core.Limit.from(1));
            at.put(k, last.isEmpty() ? "0-0" : last.get(0).getId());
        }
        next(conn, at, single ? prefix : "", sink, stop);
        return () -> {
            stop[0] = true;
            conn.close();
        };
    }

    @SuppressWarnings("unchecked")
    void next(
            StatefulRedisConnection<String, byte[]> conn,
            Map<String, String> at,
            String prefix,
            Sink sink,
            boolean[] stop) {
        XReadArgs.StreamOffset<String>[] off = at.entrySet().stream()
                .map(e -> XReadArgs.StreamOffset.from(e.getKey(), e.getValue()))
                .toArray(XReadArgs.StreamOffset[]::new);
        conn.async().xread(XReadArgs.Builder.block(5000).count(500), off).whenComplete((r, e) -> {
            if (r != null)
                for (StreamMessage<String, byte[]> m : r) {
                    at.put(m.getStream(), m.getId());
                    if (prefix.isEmpty() || match(new String(m.getBody().get("t")), prefix))
                        sink.onEvent(m.getBody().get("p"));
                }
            if (!stop[0] && e == null) next(conn, at, prefix, sink, stop);
        });
    }

    @SuppressWarnings("unchecked")
    @Override
    public long readAll(long expect) {
        var conn = rc.connect(CODEC);
        long n = 0;
        Map<String, String> at = new HashMap<>();
        for (String k : keys("")) at.put(k, "0-0");
        while (n < expect) {
            XReadArgs.StreamOffset<String>[] off = at.entrySet().stream()
                    .map(e -> XReadArgs.StreamOffset.from(e.getKey(), e.getValue()))
                    .toArray(XReadArgs.StreamOffset[]::new);
            var r = conn.sync().xread(XReadArgs.Builder.count(50), off);
            if (r.isEmpty()) break;
            for (var m : r) {
                at.put(m.getStream(), m.getId());
                n++;
            }
        }
        conn.close();
        return n;
    }

    @Override
    public void close() {
        rc.shutdown();
    }
}
