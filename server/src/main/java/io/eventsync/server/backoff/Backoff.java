package io.eventsync.server.backoff;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The delays between attempts. A random part only ever makes a delay longer: what a receiver asked to wait stays a lower bound.
 *
 * <p>Text form: {@code delays=5000:30000,jitter=0.2} or {@code exponential=1000:2.0:3600000:10,jitter=0.0} (first delay, factor,
 * longest delay, attempts), in milliseconds.
 */
public sealed interface Backoff {
    /** Attempts in all. */
    int attemptsMax();

    /** The random part of a delay, at most this share of it. */
    double jitter();

    /** Before the attempt after this many, without the random part. */
    long baseMillis(int attempts);

    /**
     * @param attempts made so far, at least 1
     * @return how long to wait for the next one, or nothing if there is none
     */
    default OptionalLong delayMillis(int attempts, RandomGenerator random) {
        if (attempts >= attemptsMax()) {
            return OptionalLong.empty();
        }
        long base = baseMillis(attempts);
        return OptionalLong.of(base + (long) (base * jitter() * random.nextDouble()));
    }

    /** One delay after the other. */
    record Delays(List<Long> millis, double jitter) implements Backoff {
        public static final Delays STANDARD =
                new Delays(seconds(5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 86_400), 0.2);
        public static final Delays FAST = new Delays(seconds(2, 4, 8, 16, 32), 0);
        public static final Delays NONE = new Delays(List.of(), 0);

        public Delays {
            millis = List.copyOf(millis);
        }

        private static List<Long> seconds(long... values) {
            return Arrays.stream(values).map(v -> v * 1_000).boxed().toList();
        }

        @Override
        public int attemptsMax() {
            return millis.size() + 1;
        }

        @Override
        public long baseMillis(int attempts) {
            return millis.get(attempts - 1);
        }

        @Override
        public String toString() {
            return "delays=" + millis.stream().map(String::valueOf).collect(Collectors.joining(":")) + ",jitter="
                    + jitter;
        }
    }

    /** Each delay {@code factor} times the one before. */
    record Exponential(long initialMillis, double factor, long maxMillis, int attemptsMax, double jitter)
            implements Backoff {
        @Override
        public long baseMillis(int attempts) {
            return (long) Math.min(initialMillis * Math.pow(factor, attempts - 1.0), (double) maxMillis);
        }

        @Override
        public String toString() {
            return "exponential=" + initialMillis + ":" + factor + ":" + maxMillis + ":" + attemptsMax + ",jitter="
                    + jitter;
        }
    }

    /** Reads the text form; nothing if it is not one. */
    static Optional<Backoff> parse(String text) {
        Matcher parts = Pattern.compile("(delays|exponential)=([0-9.:E]*),jitter=([0-9.E-]+)")
                .matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            double jitter = Double.parseDouble(parts.group(3));
            List<String> numbers = parts.group(2).isEmpty()
                    ? List.of()
                    : Arrays.asList(parts.group(2).split(":", -1));
            if (parts.group(1).equals("delays")) {
                return Optional.of(
                        new Delays(numbers.stream().map(Long::valueOf).toList(), jitter));
            }
            return numbers.size() != 4
                    ? Optional.empty()
                    : Optional.of(new Exponential(
                            Long.parseLong(numbers.get(0)),
                            Double.parseDouble(numbers.get(1)),
                            Long.parseLong(numbers.get(2)),
                            Integer.parseInt(numbers.get(3)),
                            jitter));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
