package io.eventsync.server.tag;

import io.eventsync.server.failure.Failure;

/** The form of a tag: 1 to 8 segments of {@code [A-Za-z0-9_-]+} joined by dots, at most 200 characters. */
public final class Tag {
    public static final int LENGTH_MAX = 200;
    public static final int SEGMENTS_MAX = 8;
    /** First segment of the server's own events. */
    public static final String SYSTEM = "$SYSTEM";

    private Tag() {}

    /** Refuses a tag that a producer may not use. */
    public static void requireValid(String field, String tag) {
        check(field, tag, 0);
    }

    /** Refuses what cannot be the prefix of any tag. The server's own segment is allowed: its events can be read. */
    static void requireValidPrefix(String field, String prefix) {
        check(field, prefix, prefix.equals(SYSTEM) || prefix.startsWith(SYSTEM + ".") ? SYSTEM.length() : 0);
    }

    private static void check(String field, String tag, int from) {
        if (tag.isEmpty()) {
            throw Failure.field(field, "is required");
        }
        if (tag.length() > LENGTH_MAX) {
            throw Failure.field(field, "has " + tag.length() + " characters, at most " + LENGTH_MAX + " are allowed");
        }
        int segments = 1;
        int segmentLength = from;
        for (int i = from; i < tag.length(); i++) {
            char c = tag.charAt(i);
            if (c == '.') {
                if (segmentLength == 0) {
                    throw Failure.field(field, "has an empty segment at character " + i);
                }
                segments++;
                segmentLength = 0;
            } else if (isAllowed(c)) {
                segmentLength++;
            } else {
                throw Failure.field(
                        field,
                        "has a character other than letters, digits, '_', '-' and '.' at character " + i
                                + (c == '$' ? "; the segment $SYSTEM is the server's own" : ""));
            }
        }
        if (segmentLength == 0) {
            throw Failure.field(field, "ends with an empty segment");
        }
        if (segments > SEGMENTS_MAX) {
            throw Failure.field(field, "has " + segments + " segments, at most " + SEGMENTS_MAX + " are allowed");
        }
    }

    private static boolean isAllowed(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
