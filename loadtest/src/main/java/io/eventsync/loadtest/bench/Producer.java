package io.eventsync.loadtest.bench;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
    private static final long TICK_NANOS = 1_000_000;

    private final Lane lane;
    private final AtomicLong numbers;
    private final long intervalNanos;
    private final Deliveries deliveries;
    private final LongToIntFunction readersOf;
    private final long undeliveredMax;

    private Window window = Window.after(Duration.ZERO, Duration.ZERO);
    private long dueNanos;
    private final AtomicLong expected = new AtomicLong();
    private volatile long unsent;
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
        // Opening sends the first event.
        deliveries.due(numbers.get(), System.nanoTime());
        expected.set(readersOf.applyAsInt(numbers.get()));
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

    /** How many deliveries the events sent so far make. */
    long expected() {
        return expected.get();
    }

    /** How many events were due in the window and held back for want of acknowledgements. */
    long unsent() {
        return unsent;
    }

    /** An event that waited for a coarse timer would be charged for it: at a rate the wake-up is for the time it is due. */
    private void tick() {
        pump();
        long now = System.nanoTime();
        if (!window.isOver(now)) {
            vertx.timer(waitNanos(now), TimeUnit.NANOSECONDS).onComplete(woken -> tick());
        } else if (intervalNanos > 0) {
            unsent = window.dueFrom(dueNanos, intervalNanos);
        }
    }

    /** What is due but may not go yet waits for acknowledgements: to look at once and again would take the CPU that they need. */
    private long waitNanos(long now) {
        return intervalNanos > 0 && unacknowledged < UNACKNOWLEDGED_MAX
                ? Math.min(Math.max(1, dueNanos - now), TICK_NANOS)
                : TICK_NANOS;
    }

    private void pump() {
        long now = System.nanoTime();
        while (unacknowledged < UNACKNOWLEDGED_MAX && mayGo(now)) {
            long number = numbers.get();
            deliveries.due(number, intervalNanos > 0 ? dueNanos : now);
            dueNanos += intervalNanos;
            expected.addAndGet(readersOf.applyAsInt(number));
            unacknowledged++;
            lane.send().onComplete((events, failure) -> acknowledged(number, failure));
            now = System.nanoTime();
        }
    }

    /** At a rate an event due in the window goes even when the wake-up for it came after the window's end: it is late, not unsent. */
    private boolean mayGo(long now) {
        return intervalNanos > 0
                ? dueNanos - now <= 0 && !window.isOver(dueNanos)
                : !window.isOver(now) && expected.get() - deliveries.delivered() < undeliveredMax;
    }

    private void acknowledged(long number, @Nullable Throwable failure) {
        unacknowledged--;
        if (failure != null) {
            // A refused event is delivered to nobody; waiting for it would stop a closed loop for good.
            expected.addAndGet(-readersOf.applyAsInt(number));
            LOG.warn("event={} failed={} next=go-on", number, failure.getMessage());
        }
    }
}
