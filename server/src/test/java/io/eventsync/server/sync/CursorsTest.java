package io.eventsync.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorsTest {
    private static final LogPoint POINT = new LogPoint(1_234_567_890_123L, -42);

    private final Cursors cursors = new Cursors(UUID.fromString("0af76519-16cd-43dd-8448-eb211c80319c"));

    @Test
    void cursor_comesBack() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            LogPoint point = new LogPoint(random.nextLong() >>> (1 + random.nextInt(62)), random.nextInt());
            String text = cursors.encode(point);

            assertThat(cursors.decode(text)).isEqualTo(point);
            assertThat(text).matches("[A-Za-z0-9_-]{1,512}");
        }
        assertThat(cursors.decode(cursors.encode(LogPoint.BEGINNING))).isEqualTo(LogPoint.BEGINNING);
        assertThat(cursors.decode(cursors.encode(new LogPoint(Long.MAX_VALUE, 1)))
                        .position())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void cursor_isRefused_whenAnyBitOfItsTextIsFlipped() {
        String text = cursors.encode(POINT);
        for (int i = 0; i < text.length(); i++) {
            for (int bit = 0; bit < 8; bit++) {
                char[] chars = text.toCharArray();
                chars[i] = (char) (chars[i] ^ 1 << bit);

                assertThat(reason(new String(chars)))
                        .as("character %d bit %d", i, bit)
                        .isEqualTo(Reason.CURSOR_MALFORMED);
            }
        }
    }

    @Test
    void cursor_isRefused_whenAnyBitOfItsBytesIsFlipped() {
        byte[] bytes = bytes(POINT);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(reason(text(flipped))).as("bit %d", bit).isEqualTo(Reason.CURSOR_MALFORMED);
        }
    }

    @Test
    void cursor_isForeign_whenOfAnotherLog() {
        Cursors other = new Cursors(UUID.fromString("0af76519-16cd-43dd-8448-eb211c80319d"));

        assertThat(reason(other.encode(POINT))).isEqualTo(Reason.CURSOR_FOREIGN);
    }

    @Test
    void cursor_isOfAnotherVersion_whenWhollyWrittenSo() {
        byte[] bytes = bytes(POINT);
        bytes[0] = 2;

        assertThat(reason(text(sealed(bytes)))).isEqualTo(Reason.CURSOR_VERSION);
        assertThat(reason(text(sealed(Arrays.copyOf(bytes, 60))))).isEqualTo(Reason.CURSOR_VERSION);
    }

    @Test
    void cursor_isRefused_whenItsPositionIsNegative() {
        assertThat(reason(cursors.encode(new LogPoint(-1, 0)))).isEqualTo(Reason.CURSOR_MALFORMED);
    }

    @Test
    void cursor_isRefused_whenOfAnotherLength() {
        String text = cursors.encode(POINT);

        for (int length = 0; length < text.length(); length++) {
            assertThat(reason(text.substring(0, length))).isEqualTo(Reason.CURSOR_MALFORMED);
        }
        assertThat(reason(text + "A")).isEqualTo(Reason.CURSOR_MALFORMED);
        assertThat(reason(text + "==")).isEqualTo(Reason.CURSOR_MALFORMED);
        assertThat(reason(text(sealed(Arrays.copyOf(bytes(POINT), 30))))).isEqualTo(Reason.CURSOR_MALFORMED);
        assertThat(reason("A".repeat(Cursors.LENGTH_MAX + 1))).isEqualTo(Reason.CURSOR_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "!", "hello world", "42", "\u0000", "ÄÖÜ", "====", "AAAAAAAA"})
    void cursor_isRefused_whenGarbage(String text) {
        assertThat(reason(text)).isEqualTo(Reason.CURSOR_MALFORMED);
    }

    private Reason reason(String text) {
        return catchThrowableOfType(Failure.class, () -> cursors.decode(text)).reason();
    }

    private byte[] bytes(LogPoint point) {
        return Base64.getUrlDecoder().decode(cursors.encode(point));
    }

    /** With the right checksum at the end. */
    private static byte[] sealed(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) checksum.getValue());
        return bytes;
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
