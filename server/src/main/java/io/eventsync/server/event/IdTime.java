package io.eventsync.server.event;

/** The time in a UUIDv7 (RFC 9562): what was made after the newest id of the index is not in the index, and need not be looked up. */
final class IdTime {
    private static final int LENGTH = 36;
    private static final int VERSION_AT = 14;

    private IdTime() {}

    /** Whether the id is a UUIDv7 in its usual text form with a time after this. */
    static boolean isAfter(String id, long millis) {
        if (id.length() != LENGTH || id.charAt(VERSION_AT) != '7') {
            return false;
        }
        long time = 0;
        for (int i = 0; i < LENGTH; i++) {
            char c = id.charAt(i);
            boolean isDash = i == 8 || i == 13 || i == 18 || i == 23;
            if (isDash) {
                if (c != '-') {
                    return false;
                }
                continue;
            }
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return false;
            }
            if (i < 13) {
                time = time << 4 | digit;
            }
        }
        return time > millis;
    }
}
