package io.eventsync.loadtest.orders;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Posts orders to a server at a rate, on one event loop; latency counts from the time each was due. */
final class OrderFeed {

    private static final int IN_FLIGHT_MAX = 64;
    private static final long CALL_MILLIS_MAX = 15_000;
    private static final long LATENCY_MICROS_MAX = 60_000_000;

    private final Vertx vertx;
    private final Context context;
    private final HttpClient client;
    private final RequestOptions request;
    private final OrderMaker maker;
    private final long intervalNanos;
    private final Map<String, Long> answers = new TreeMap<>();
    private final Histogram latencyMicros = new Histogram(1, LATENCY_MICROS_MAX, 3);
    private final Promise<Void> finished = Promise.promise();

    private long countMax;
    private long endNanos;
    private long dueNanos;
    private long sent;
    private int inFlight;
    private boolean isTimerArmed;
    private volatile boolean isStopped;
    private final AtomicLong answered = new AtomicLong();

    /** @param rate orders a second, more than 0 */
    OrderFeed(Vertx vertx, String url, OrderMaker maker, double rate) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setIdleTimeout(30), new PoolOptions().setHttp1MaxSize(IN_FLIGHT_MAX));
        this.request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(url + "/order")
                .setTimeout(CALL_MILLIS_MAX);
        this.maker = maker;
        this.intervalNanos = Math.max(1, Math.round(1e9 / rate));
    }

    /** Ends when all are answered, or the time is up or it was stopped and those under way are answered. */
    Future<Void> run(long count, Duration max) {
        context.runOnContext(ignored -> {
            countMax = count;
            dueNanos = System.nanoTime();
            endNanos = dueNanos + max.toNanos();
            pump();
        });
        return finished.future();
    }

    void stop() {
        isStopped = true;
        context.runOnContext(ignored -> pump());
    }

    long answered() {
        return answered.get();
    }

    /** After the end; answers by status, `failed` where there was none. */
    void describe(Map<String, Object> result) {
        result.put("orders", answered.get());
        result.put("created", answers.getOrDefault("201", 0L));
        result.put("deduplicated", answers.getOrDefault("200", 0L));
        result.put("failed", answered.get() - answers.getOrDefault("201", 0L) - answers.getOrDefault("200", 0L));
        result.put("answers", new TreeMap<>(answers));
        result.put("p50_ms", latencyMicros.getValueAtPercentile(50) / 1e3);
        result.put("p99_ms", latencyMicros.getValueAtPercentile(99) / 1e3);
        result.put("max_ms", latencyMicros.getMaxValue() / 1e3);
    }

    private void pump() {
        long now = System.nanoTime();
        while (maySend() && inFlight < IN_FLIGHT_MAX && dueNanos - now <= 0) {
            send(dueNanos);
            dueNanos += intervalNanos;
        }
        if (maySend()) {
            wakeWhenDue(now);
        } else if (inFlight == 0) {
            finished.tryComplete();
        }
    }

    private boolean maySend() {
        return !isStopped && sent < countMax && System.nanoTime() - endNanos < 0;
    }

    private void wakeWhenDue(long now) {
        if (!isTimerArmed && inFlight < IN_FLIGHT_MAX) {
            isTimerArmed = true;
            vertx.timer(Math.max(1, Math.min(dueNanos, endNanos) - now), TimeUnit.NANOSECONDS)
                    .onComplete(woken -> {
                        isTimerArmed = false;
                        pump();
                    });
        }
    }

    private void send(long due) {
        sent++;
        inFlight++;
        client.request(request)
                .compose(call -> call.send(maker.next().toJson().toBuffer()))
                .compose(response -> response.body().map(read -> statusOf(response)))
                .otherwise("none")
                .onComplete(status -> answered(status.result(), due));
    }

    private void answered(String status, long due) {
        inFlight--;
        answered.incrementAndGet();
        answers.merge(status, 1L, Long::sum);
        latencyMicros.recordValue(Math.min(LATENCY_MICROS_MAX, Math.max(0, (System.nanoTime() - due) / 1_000)));
        pump();
    }

    private static String statusOf(HttpClientResponse response) {
        return Integer.toString(response.statusCode());
    }
}
