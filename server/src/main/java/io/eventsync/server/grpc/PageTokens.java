package io.eventsync.server.grpc;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32C;

/** Page tokens of lists (AIP-158): a place, bound to the request it was given out for. */
final class PageTokens {
    private static final int SIZE = 8 + 4;

    private PageTokens() {}

    static String encode(long position, EventFilter filter) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).putLong(position);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(bytes.putInt(checksum(position, filter)).array());
    }

    static long position(String token, EventFilter filter) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
            if (bytes.remaining() == SIZE) {
                long position = bytes.getLong();
                if (bytes.getInt() == checksum(position, filter)) {
                    return position;
                }
            }
        } catch (IllegalArgumentException e) {
            throw invalid();
        }
        throw invalid();
    }

    /** A token that names the last entry of a page. */
    static String encode(String last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
    }

    static String name(String token) {
        try {
            String name = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (encode(name).equals(token) && name.chars().noneMatch(Character::isISOControl)) {
                return name;
            }
        } catch (IllegalArgumentException e) {
            throw invalid();
        }
        throw invalid();
    }

    private static Failure invalid() {
        return Failure.of(Reason.PAGE_TOKEN_INVALID, "the page token was not given out for this request");
    }

    private static int checksum(long position, EventFilter filter) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(8).putLong(0, position));
        crc.update(FilterMapper.toProto(filter).toByteArray());
        return (int) crc.getValue();
    }
}
