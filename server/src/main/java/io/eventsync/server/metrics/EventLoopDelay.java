package io.eventsync.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** How late a timer of an event loop fires: what everything on that loop waits beside its own work. Each loop starts its own. */
public final class EventLoopDelay {
    private static final long INTERVAL_MILLIS = 1_000;

    private final Vertx vertx;
    private final Timer timer;

    private EventLoopDelay(Vertx vertx, String loop, MeterRegistry registry) {
        this.vertx = vertx;
        this.timer = Buckets.latency("eventsync.event.loop.delay", "How late timers of event loops fire")
                .tag("loop", loop)
                .register(registry);
    }

    /**
     * Call on the loop's context; ends with the verticle.
     *
     * @param loop what it does; loops that do the same share a figure
     */
    public static void measure(Vertx vertx, String loop, MeterRegistry registry) {
        new EventLoopDelay(vertx, loop, registry).start();
    }

    private void start() {
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(INTERVAL_MILLIS);
        vertx.setTimer(INTERVAL_MILLIS, t -> {
            timer.record(Math.max(0, System.nanoTime() - due), TimeUnit.NANOSECONDS);
            start();
        });
    }
}
