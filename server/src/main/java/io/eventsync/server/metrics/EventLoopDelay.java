package io.eventsync.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** How late a timer of an event loop fires: what everything on that loop waits beside its own work. One for each loop. */
public final class EventLoopDelay {
    private static final long INTERVAL_MILLIS = 100;

    private final Vertx vertx;
    private final Timer timer;

    public EventLoopDelay(Vertx vertx, MeterRegistry registry) {
        this.vertx = vertx;
        this.timer = Buckets.latency("eventsync.event.loop.delay", "How late timers of event loops fire")
                .register(registry);
    }

    /** Call on the loop's context; ends with the verticle. */
    public void start() {
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(INTERVAL_MILLIS);
        vertx.setTimer(INTERVAL_MILLIS, t -> {
            timer.record(Math.max(0, System.nanoTime() - due), TimeUnit.NANOSECONDS);
            start();
        });
    }
}
