package peerbench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/** Local webhook receiver: answers 200 to every POST; GET /stat?reset=1 gives counts and latency from the "stamp" in the body (epoch micros). */
public final class Receiver {
    static final LongAdder n = new LongAdder();
    static final AtomicLong first = new AtomicLong(), last = new AtomicLong();
    static final ConcurrentHistogram h = new ConcurrentHistogram(TimeUnit.SECONDS.toMicros(120), 3);

    static long micros() {
        var i = java.time.Instant.now();
        return i.getEpochSecond() * 1_000_000L + i.getNano() / 1000;
    }
    /** Finds stamp...digits anywhere in the body, so wrapped or escaped JSON works too. */
    static long stamp(Buffer b) {
        for (int i = 0, len = b.length() - 20; i < len; i++)
            if (b.getByte(i) == 's'
                    && b.getByte(i + 1) == 't'
                    && b.getByte(i + 2) == 'a'
                    && b.getByte(i + 3) == 'm'
                    && b.getByte(i + 4) == 'p') {
                int j = i + 5;
                while (j < b.length() && (b.getByte(j) < '0' || b.getByte(j) > '9')) j++;
                long v = 0;
                while (j < b.length() && b.getByte(j) >= '0' && b.getByte(j) <= '9') v = v * 10 + b.getByte(j++) - '0';
                return v;
            }
        return 0;
    }

    public static void main(String[] a) {
        int port = Integer.parseInt(a[0]);
        Vertx vx = Vertx.vertx();
        vx.deployVerticle(
                () -> new io.vertx.core.AbstractVerticle() {
                    @Override
                    public void start(io.vertx.core.Promise<Void> p) {
                        vertx.createHttpServer(new HttpServerOptions()
                                        .setHost("127.0.0.1")
                                        .setTcpNoDelay(true))
                                .requestHandler(r -> {
                                    if (r.path().equals("/stat")) {
                                        Map<String, Object> m = new LinkedHashMap<>();
                                        double el = (last.get() - first.get()) / 1e6;
                                        String s = String.format(
                                                java.util.Locale.ROOT,
                                                "{\"n\":%d,\"secs\":%.3f,\"per_s\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"cpu_s\":%.2f}",
                                                n.sum(),
                                                el,
                                                el > 0 ? n.sum() / el : 0,
                                                h.getValueAtPercentile(50) / 1e3,
                                                h.getValueAtPercentile(99) / 1e3,
                                                h.getValueAtPercentile(99.9) / 1e3,
                                                Proc.selfCpu());
                                        if ("1".equals(r.getParam("reset"))) {
                                            n.reset();
                                            h.reset();
                                            first.set(0);
                                            last.set(0);
                                        }
                                        r.response().end(s);
                                        return;
                                    }
                                    r.bodyHandler(b -> {
                                        long now = micros(), s = stamp(b);
                                        n.increment();
                                        first.compareAndSet(0, now);
                                        last.lazySet(now);
                                        if (s > 0) h.recordValue(Math.max(0, Math.min(now - s, 119_000_000L)));
                                        r.response().end("ok");
                                    });
                                })
                                .listen(port)
                                .<Void>mapEmpty()
                                .onComplete(p);
                    }
                },
                new DeploymentOptions().setInstances(1));
    }
}
