package io.eventsync.server.delivery;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.CRC32C;

/** The text form of a place among the closed attempts. Not a cursor of the log, and never taken for one. */
public final class AttemptCursors {
    private static final byte KIND = 'a';
    private static final int SIZE = 1 + 8 + 8 + 4;

    private final long log;

    public AttemptCursors(UUID logId) {
        this.log = logId.getMostSignificantBits() ^ Long.rotateLeft(logId.getLeastSignificantBits(), 32);
    }

    public String encode(long number) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).put(KIND).putLong(log).putLong(number);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, SIZE - 4);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(bytes.putInt((int) crc.getValue()).array());
    }

    /** Fails with CURSOR_MALFORMED or CURSOR_FOREIGN. */
    public long decode(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        CRC32C crc = new CRC32C();
        if (bytes.length != SIZE || bytes[0] != KIND) {
            throw malformed();
        }
        crc.update(bytes, 0, SIZE - 4);
        ByteBuffer fields = ByteBuffer.wrap(bytes, 1, SIZE - 1);
        long givenLog = fields.getLong();
        long number = fields.getLong();
        if (fields.getInt() != (int) crc.getValue() || number < 0) {
            throw malformed();
        }
        if (givenLog != log) {
            throw Failure.of(Reason.CURSOR_FOREIGN, "the cursor belongs to the attempts of another log");
        }
        if (!encode(number).equals(text)) {
            throw malformed();
        }
        return number;
    }

    private static Failure malformed() {
        return Failure.of(Reason.CURSOR_MALFORMED, "not a cursor of WatchAttempts");
    }
}
