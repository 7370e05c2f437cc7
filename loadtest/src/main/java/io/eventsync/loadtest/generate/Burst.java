package io.eventsync.loadtest.generate;

import io.eventsync.loadtest.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Spikes of visitors.
 *
 * @param every from the start of one to the start of the next; the first comes after this long
 * @param length shorter than `every`
 * @param factor how many times as many visitors come, 1 to 1000
 */
record Burst(Duration every, Duration length, double factor) {

    static final Burst NONE = new Burst(Duration.ofDays(1), Duration.ofSeconds(1), 1);
    private static final double FACTOR_MAX = 1_000;

    Burst {
        if (length.isZero() || length.compareTo(every) >= 0) {
            throw new IllegalArgumentException("a burst is longer than 0 and shorter than the time between bursts");
        }
        if (!(factor >= 1 && factor <= FACTOR_MAX)) {
            throw new IllegalArgumentException("the factor of a burst is 1 to 1000");
        }
    }

    double factorAt(long micros) {
        long everyMicros = every.toNanos() / 1_000;
        boolean isFirstOver = micros >= everyMicros;
        return isFirstOver && micros % everyMicros < length.toNanos() / 1_000 ? factor : 1;
    }

    @Override
    public String toString() {
        return factor == 1 ? "none" : every.toMillis() + "ms:" + length.toMillis() + "ms:" + factor;
    }

    /** Reads `30s:5s:10`. */
    static final class Text implements ITypeConverter<Burst> {

        @Override
        public Burst convert(String text) {
            String[] parts = text.split(":", -1);
            if (parts.length != 3) {
                throw new TypeConversionException("'" + text + "' is not EVERY:LENGTH:FACTOR, as in 30s:5s:10");
            }
            DurationText durations = new DurationText();
            try {
                return new Burst(
                        durations.convert(parts[0]), durations.convert(parts[1]), Double.parseDouble(parts[2]));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "': " + e.getMessage());
            }
        }
    }
}
