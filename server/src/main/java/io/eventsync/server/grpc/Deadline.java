package io.eventsync.server.grpc;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The {@code grpc-timeout} header (gRPC over HTTP2, "Timeout"): 1 to 8 digits and a unit. */
final class Deadline {
    static final String HEADER = "grpc-timeout";

    private static final int DIGITS_MAX = 8;

    private Deadline() {}

    /** The time left, at most {@code max}; null if the client set none. Fails with METADATA_INVALID. */
    static @Nullable Duration parse(@Nullable String header, Duration max) {
        if (header == null) {
            return null;
        }
        int digits = header.length() - 1;
        if (digits < 1 || digits > DIGITS_MAX) {
            throw invalid();
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            char c = header.charAt(i);
            if (c < '0' || c > '9') {
                throw invalid();
            }
            value = value * 10 + (c - '0');
        }
        Duration given = switch (header.charAt(digits)) {
            case 'H' -> Duration.ofHours(value);
            case 'M' -> Duration.ofMinutes(value);
            case 'S' -> Duration.ofSeconds(value);
            case 'm' -> Duration.ofMillis(value);
            case 'u' -> Duration.ofNanos(value * 1_000);
            case 'n' -> Duration.ofNanos(value);
            default -> throw invalid();
        };
        return given.compareTo(max) > 0 ? max : given;
    }

    private static Failure invalid() {
        return Failure.of(Reason.METADATA_INVALID, "grpc-timeout must be 1 to 8 digits and one of H M S m u n")
                .with("header", HEADER);
    }
}
