package io.eventsync.server.sync;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The text form of a point of this log: URL-safe base64 of version, log, position, fingerprint and a checksum. A later version may
 * hold more than one position; readers treat the text as opaque.
 */
public final class Cursors {
    public static final int LENGTH_MAX = 512;

    private static final byte VERSION = 1;
    private static final int SIZE = 1 + 8 + 8 + 4 + 4;
    private static final int CHECKSUM_SIZE = 4;

    private final long log;

    public Cursors(UUID logId) {
        this.log = logId.getMostSignificantBits() ^ Long.rotateLeft(logId.getLeastSignificantBits(), 32);
    }

    public String encode(LogPoint point) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE)
                .put(VERSION)
                .putLong(log)
                .putLong(point.position())
                .putInt(point.fingerprint());
        bytes.putInt(checksum(bytes.array(), bytes.position()));
        return text(bytes.array());
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Fails with CURSOR_MALFORMED, CURSOR_VERSION or CURSOR_FOREIGN. Says nothing about whether the log still has the point. */
    public LogPoint decode(String text) {
        if (text.length() > LENGTH_MAX) {
            throw malformed();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        // Base64 has several texts for the same octets; a cursor has one.
        if (!text(bytes).equals(text)
                || bytes.length <= CHECKSUM_SIZE
                || ByteBuffer.wrap(bytes).getInt(bytes.length - CHECKSUM_SIZE)
                        != checksum(bytes, bytes.length - CHECKSUM_SIZE)) {
            throw malformed();
        }
        if (bytes[0] != VERSION) {
            throw Failure.of(Reason.CURSOR_VERSION, "the cursor was made by another version of the server");
        }
        if (bytes.length != SIZE) {
            throw malformed();
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes, 1, SIZE - 1);
        if (fields.getLong() != log) {
            throw Failure.of(Reason.CURSOR_FOREIGN, "the cursor belongs to another log");
        }
        long position = fields.getLong();
        if (position < 0) {
            throw malformed();
        }
        LogPoint point = new LogPoint(position, fields.getInt());
        if (!encode(point).equals(text)) {
            throw malformed(); // padding, or bits that base64 does not use
        }
        return point;
    }

    private static Failure malformed() {
        return Failure.of(Reason.CURSOR_MALFORMED, "not a cursor of this service");
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
