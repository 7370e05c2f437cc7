package io.eventsync.server.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them ({@code 500ms}, {@code 10s}, {@code 7d}) or in ISO-8601. A bare number is refused: of what unit? */
final class DurationText {
    private static final Pattern SHORT = Pattern.compile("([0-9]{1,18})(ms|s|m|h|d)");

    private DurationText() {}

    static Optional<Duration> parse(String text) {
        Matcher matcher = SHORT.matcher(text);
        try {
            return Optional.of(
                    matcher.matches()
                            ? Duration.of(Long.parseLong(matcher.group(1)), unit(matcher.group(2)))
                            : Duration.parse(text));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    static String print(Duration duration) {
        if (duration.isNegative() || duration.toNanosPart() % 1_000_000 != 0) {
            return duration.toString();
        }
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        long seconds = duration.toSeconds();
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 3600 != 0) {
            return seconds / 60 + "m";
        }
        return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
    }

    private static ChronoUnit unit(String suffix) {
        return switch (suffix) {
            case "ms" -> ChronoUnit.MILLIS;
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            default -> ChronoUnit.DAYS;
        };
    }
}
