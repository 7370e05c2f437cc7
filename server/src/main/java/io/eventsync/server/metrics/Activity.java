package io.eventsync.server.metrics;

import io.eventsync.server.upkeep.Upkeep;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the node did lately, for charts: a sample of a few meters every {@value #STEP_MILLIS} ms in a ring of 24 hours, some 3 MB when full.
 * One event loop writes, any thread reads.
 */
public final class Activity {
    static final long STEP_MILLIS = 5_000;
    static final int SAMPLES_MAX = (int) (Duration.ofHours(24).toMillis() / STEP_MILLIS) + 1;

    private final MeterRegistry registry;
    private final LongSupplier head;
    private final InstantSource clock;
    private final AtomicReferenceArray<Sample> ring = new AtomicReferenceArray<>(SAMPLES_MAX);
    private volatile @Nullable Upkeep rounds;
    private volatile long taken;

    /** Counters as they stood; gauges as they were. */
    record Sample(
            long millis,
            long head,
            double delivered,
            Spent appends,
            Spent succeeded,
            Spent failed,
            int subscriptions,
            long waiting,
            long deadLetters,
            long databaseBytes) {}

    /** How often something was done, and how long that took in all. */
    record Spent(long count, double millis) {
        Spent minus(Spent earlier) {
            return new Spent(count - earlier.count, millis - earlier.millis);
        }

        Spent plus(Spent other) {
            return new Spent(count + other.count, millis + other.millis);
        }

        double average() {
            return count <= 0 ? Double.NaN : millis / count;
        }
    }

    /** A stretch of time up to {@code end}; rates by the second. A latency is NaN if nothing was measured. */
    public record Point(
            Instant end,
            double events,
            double delivered,
            double succeeded,
            double failed,
            double appendMillis,
            double attemptMillis,
            int subscriptions,
            long waiting,
            long deadLetters,
            long databaseBytes) {
        private static Point between(Sample a, Sample b) {
            double seconds = Math.max(1, b.millis - a.millis) / 1_000.0;
            Spent succeeded = b.succeeded.minus(a.succeeded);
            Spent failed = b.failed.minus(a.failed);
            return new Point(
                    Instant.ofEpochMilli(b.millis),
                    (b.head - a.head) / seconds,
                    (b.delivered - a.delivered) / seconds,
                    succeeded.count / seconds,
                    failed.count / seconds,
                    b.appends.minus(a.appends).average(),
                    succeeded.plus(failed).average(),
                    b.subscriptions,
                    b.waiting,
                    b.deadLetters,
                    b.databaseBytes);
        }
    }

    /** @param step what one point stands for */
    public record Points(Duration step, List<Point> points) {}

    /** @param head the newest position of the log */
    public Activity(MeterRegistry registry, LongSupplier head, InstantSource clock) {
        this.registry = registry;
        this.head = head;
        this.clock = clock;
    }

    public void start(Vertx vertx) {
        Upkeep made = new Upkeep(vertx, "activity", STEP_MILLIS, () -> {
            sample();
            return Future.succeededFuture(false);
        });
        rounds = made;
        sample();
        made.start();
    }

    public void close() {
        Upkeep made = rounds;
        if (made != null) {
            made.close();
        }
    }

    void sample() {
        long next = taken;
        ring.set((int) (next % SAMPLES_MAX), now());
        taken = next + 1;
    }

    private Sample now() {
        return new Sample(
                clock.millis(),
                head.getAsLong(),
                count("eventsync.delivery.events"),
                spent(registry.find("eventsync.append.commit").timer()),
                attempts("succeeded"),
                attempts("failed"),
                (int) gauge("eventsync.subscriptions"),
                (long) gauge("eventsync.delivery.waiting"),
                (long) gauge("eventsync.dead.letters"),
                (long) gauge("eventsync.database.size.bytes"));
    }

    private Spent attempts(String outcome) {
        return spent(registry.find("eventsync.delivery.attempts")
                .tag("outcome", outcome)
                .timer());
    }

    private static Spent spent(@Nullable Timer timer) {
        return timer == null ? new Spent(0, 0) : new Spent(timer.count(), timer.totalTime(TimeUnit.MILLISECONDS));
    }

    private double count(String name) {
        Counter counter = registry.find(name).counter();
        return counter == null ? 0 : counter.count();
    }

    private double gauge(String name) {
        Gauge gauge = registry.find(name).gauge();
        return gauge == null ? 0 : gauge.value();
    }

    /** The stretches that end within the window, oldest first; all of one length, but for the first after the start. */
    public Points since(Duration window, int pointsMax) {
        long steps = Math.max(1, window.toMillis() / STEP_MILLIS);
        long stride = (steps + pointsMax - 1) / pointsMax;
        long last = taken - 1;
        // Whole strides from the node's start on, so that a stretch is the same one whenever it is asked for.
        long newest = last - last % stride;
        List<Point> points = new ArrayList<>();
        for (long i = Math.max(stride, newest - (steps / stride - 1) * stride); i <= newest; i += stride) {
            Sample from = ring.get((int) ((i - stride) % SAMPLES_MAX));
            Sample to = ring.get((int) (i % SAMPLES_MAX));
            // One that was overwritten meanwhile is younger than what follows it.
            if (from != null && to != null && from.millis < to.millis) {
                points.add(Point.between(from, to));
            }
        }
        return new Points(Duration.ofMillis(stride * STEP_MILLIS), points);
    }
}
