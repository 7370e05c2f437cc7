package io.eventsync.server.compat;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Times as the older systems write them (RFC 3339). */
final class Times {
    private Times() {}

    static String text(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
    }

    static long micros(Timestamp time) {
        return time.getSeconds() * 1_000_000L + time.getNanos() / 1_000;
    }
}
