package io.eventsync.loadtest.bench;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What was measured: counts and latencies. Belongs to one event loop until it is added to another one. */
final class Tally {

    private static final long LATENCY_NANOS_MAX = 120_000_000_000L;
    private static final int DIGITS = 3;

    private final Histogram latency = new Histogram(1_000, LATENCY_NANOS_MAX, DIGITS);
    private final Map<String, Long> failures = new TreeMap<>();
    private long events;
    private long unsent;
    private long refusals;

    void succeeded(int count, long latencyNanos) {
        events += count;
        latency.recordValue(Math.max(0, Math.min(latencyNanos, LATENCY_NANOS_MAX)));
    }

    /** The server said that it is too much, and when to come back. */
    void refused(String reason) {
        refusals++;
        failed(reason);
    }

    void failed(String reason) {
        failures.merge(reason, 1L, Long::sum);
    }

    void unsent(long count) {
        unsent += count;
    }

    void add(Tally other) {
        latency.add(other.latency);
        other.failures.forEach((reason, count) -> failures.merge(reason, count, Long::sum));
        events += other.events;
        unsent += other.unsent;
        refusals += other.refusals;
    }

    long events() {
        return events;
    }

    long failureCount() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Adds its figures to a result; latencies in milliseconds. */
    void describe(double seconds, Map<String, Object> result) {
        result.put("seconds", round(seconds));
        result.put("events", events);
        result.put("events_per_s", seconds > 0 ? Math.round(events / seconds) : 0);
        result.put("p50_ms", millis(50));
        result.put("p99_ms", millis(99));
        result.put("p999_ms", millis(99.9));
        result.put("max_ms", round(latency.getMaxValue() / 1e6));
        result.put("failed", failureCount());
        result.put("failures", failures);
        result.put("refused_with_retry_time", refusals);
        result.put("unsent", unsent);
    }

    static double round(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }

    private double millis(double percentile) {
        return round(latency.getValueAtPercentile(percentile) / 1e6);
    }
}
