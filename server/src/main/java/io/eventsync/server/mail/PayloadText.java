package io.eventsync.server.mail;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventsync.server.event.EventContent.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;

/** The beginning of a payload for people to read. */
final class PayloadText {
    static final int BYTES_MAX = 16 << 10;

    private PayloadText() {}

    /** As text if it is UTF-8, else in base64. */
    static String of(Payload payload) {
        byte[] bytes = payload.bytes();
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, characterEnd(bytes)))
                    .toString();
        } catch (CharacterCodingException e) {
            return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, Math.min(bytes.length, BYTES_MAX)));
        }
    }

    /** Where the last whole character within the limit ends, if this is UTF-8. */
    private static int characterEnd(byte[] bytes) {
        if (bytes.length <= BYTES_MAX) {
            return bytes.length;
        }
        int end = BYTES_MAX;
        while (end > BYTES_MAX - 3 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return end;
    }
}
