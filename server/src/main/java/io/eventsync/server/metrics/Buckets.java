package io.eventsync.server.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Bounds of histograms, the same wherever the same thing is measured, so that figures can be laid beside each other. */
public final class Buckets {
    private static final Duration[] LATENCY = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);
    private static final Duration[] DELAY = Stream.of(
                    10, 50, 100, 500, 1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);
    private static final double[] SIZE =
            DoubleStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000).toArray();

    private Buckets() {}

    /** From 1 ms to 10 s: somebody waits for it. */
    public static Timer.Builder latency(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(LATENCY);
    }

    /** From 10 ms to an hour: how late something may be that is retried. */
    public static Timer.Builder delay(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(DELAY);
    }

    /** From 1 to 2,000 things at a time. */
    public static DistributionSummary.Builder size(String name, String description) {
        return DistributionSummary.builder(name).description(description).serviceLevelObjectives(SIZE);
    }
}
