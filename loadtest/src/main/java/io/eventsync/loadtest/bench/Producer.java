package io.eventsync.loadtest.bench;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a fan-out bench. At a rate: events are due at fixed times. Without: as fast as subscribers keep up, with at
 * most `undeliveredMax` deliveries outstanding.
 */
final class Producer extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(Producer.class);
    private static final int UNACKNOWLEDGED_MAX = 256;
    private static final long TICK_MILLIS = 1;

    private final Lane lane;
    private final AtomicLong numbers;
    private final long intervalNanos;
    private final Deliveries deliveries;
    private final LongToIntFunction readersOf;
    private final long undeliveredMax;

    private Window window = Window.after(Duration.ZERO, Duration.ZERO);
    private long dueNanos;
    private long expected;
    private int unacknowledged;

    Producer(
            Lane lane,
            AtomicLong numbers,
            long intervalNanos,
            Deliveries deliveries,
            LongToIntFunction readersOf,
            long undeliveredMax) {
        this.lane = lane;
        this.numbers = numbers;
        this.intervalNanos = intervalNanos;
        this.deliveries = deliveries;
        this.readersOf = readersOf;
        this.undeliveredMax = undeliveredMax;
    }

    @Override
    public Future<?> start() {
        return lane.open();
    }

    @Override
    public Future<?> stop() {
        return lane.close();
    }

    void run(Window given) {
        context.runOnContext(ignored -> {
            window = given;
            dueNanos = System.nanoTime();
            tick();
        });
    }

    private void tick() {
        pump();
        if (!window.isOver(System.nanoTime())) {
            vertx.setTimer(TICK_MILLIS, id -> tick());
        }
    }

    private void pump() {
        long now = System.nanoTime();
        while (unacknowledged < UNACKNOWLEDGED_MAX && !window.isOver(now) && mayGo(now)) {
            long number = numbers.get();
            deliveries.due(number, intervalNanos > 0 ? dueNanos : now);
            dueNanos += intervalNanos;
            expected += readersOf.applyAsInt(number);
            unacknowledged++;
            lane.send().onComplete((events, failure) -> acknowledged(number, failure));
            now = System.nanoTime();
        }
    }

    private boolean mayGo(long now) {
        return intervalNanos > 0 ? dueNanos - now <= 0 : expected - deliveries.delivered() < undeliveredMax;
    }

    private void acknowledged(long number, @Nullable Throwable failure) {
        unacknowledged--;
        if (failure != null) {
            // A refused event is delivered to nobody; waiting for it would stop a closed loop for good.
            expected -= readersOf.applyAsInt(number);
            LOG.warn("event={} failed={} next=go-on", number, failure.getMessage());
        }
    }
}
