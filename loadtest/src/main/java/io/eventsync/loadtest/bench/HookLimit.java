package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What an HTTP client alone gets into the receiver: the same bodies and headers as a delivery, without a log, an audit or a real
 * signature. One event loop, as the server delivers.
 */
final class HookLimit extends VerticleBase {

    private static final Duration FINISH_MAX = Duration.ofSeconds(15);
    private static final String FILLER = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=";
    private static final String CURSOR = "AZtRf0ycdNKrJq7vGQmP5gAAAAAAAAAqAAAAKg";

    private final List<String> urls;
    private final int inFlightMax;
    private final Buffer body;
    private final String run;
    private final Promise<Void> done = Promise.promise();
    private final Tally tally = new Tally();
    private Window window = Window.after(Duration.ZERO, Duration.ZERO);
    private int inFlight;
    private long number;

    HookLimit(List<String> urls, int inFlightMax, int payloadBytes, String run) {
        this.urls = List.copyOf(urls);
        this.inFlightMax = inFlightMax;
        this.run = run;
        this.body = Buffer.buffer("{\"type\":\"BENCH.T000\",\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"data\":"
                + EventTemplate.payload(payloadBytes, 0) + "}");
    }

    /** Blocks while it measures. */
    Tally measure(Window given) {
        context.runOnContext(ignored -> {
            window = given;
            HttpClient http = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(inFlightMax));
            for (int i = 0; i < inFlightMax; i++) {
                inFlight++;
                next(http);
            }
        });
        long left = Math.max(0, given.untilNanos() - System.nanoTime());
        Edge.awaitDone(done.future(), FINISH_MAX.plusNanos(left));
        return tally;
    }

    private void next(HttpClient http) {
        long started = System.nanoTime();
        if (window.isOver(started)) {
            inFlight--;
            if (inFlight == 0) {
                done.complete();
            }
            return;
        }
        post(http).onComplete((status, failure) -> {
            long now = System.nanoTime();
            if (window.holds(now)) {
                if (failure == null && status == 200) {
                    tally.succeeded(1, now - started);
                } else {
                    tally.failed(
                            failure == null
                                    ? "STATUS_" + status
                                    : failure.getClass().getSimpleName());
                }
            }
            next(http);
        });
    }

    private Future<Integer> post(HttpClient http) {
        long id = number++;
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(urls.get((int) (id % urls.size())))
                .putHeader("content-type", "application/json")
                .putHeader("user-agent", "EventSync/bench")
                .putHeader("webhook-id", "evt_" + run + String.format(Locale.ROOT, "%016x", id))
                .putHeader("webhook-timestamp", "1767225600")
                .putHeader("webhook-signature", FILLER)
                .putHeader("eventsync-attempt", "1")
                .putHeader("eventsync-endpoint", "bench")
                .putHeader("eventsync-cursor", CURSOR);
        return http.request(request)
                .compose(open -> open.send(body))
                .compose(response -> response.body().map(response.statusCode()));
    }
}
