package io.eventsync.loadtest.bench;

import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies of microsecond clocks. */
final class Percentiles {

    private static final long MICROS_MAX = 600_000_000;

    private final Histogram histogram = new Histogram(1, MICROS_MAX, 3);

    void add(long micros) {
        histogram.recordValue(Math.max(1, Math.min(micros, MICROS_MAX)));
    }

    long count() {
        return histogram.getTotalCount();
    }

    double millis(double percentile) {
        return Tally.round(histogram.getValueAtPercentile(percentile) / 1e3);
    }

    void describe(String prefix, Map<String, Object> result) {
        result.put(prefix + "p50_ms", millis(50));
        result.put(prefix + "p95_ms", millis(95));
        result.put(prefix + "p99_ms", millis(99));
        result.put(prefix + "max_ms", Tally.round(histogram.getMaxValue() / 1e3));
    }
}
