package io.eventsync.server.delivery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Retry-After} header (RFC 9110, 10.2.3): seconds, or a date. */
final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("[0-9]+");
    private static final int DIGITS_MAX = 12;

    private RetryAfter() {}

    /** How long to wait; 0 if it says nothing that can be understood, or a time that is over. */
    static long millis(@Nullable String value, Instant now) {
        if (value == null) {
            return 0;
        }
        String text = value.strip();
        if (SECONDS.matcher(text).matches()) {
            return text.length() > DIGITS_MAX ? Long.MAX_VALUE : Long.parseLong(text) * 1_000;
        }
        try {
            Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, Duration.between(now, at).toMillis());
        } catch (DateTimeException e) {
            return 0;
        }
    }
}
