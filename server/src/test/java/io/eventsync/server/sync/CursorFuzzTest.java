package io.eventsync.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

class CursorFuzzTest {
    private static final Cursors CURSORS = new Cursors(new UUID(1, 2));
    private static final List<Reason> REASONS =
            List.of(Reason.CURSOR_MALFORMED, Reason.CURSOR_VERSION, Reason.CURSOR_FOREIGN);

    /** As it came, and with a checksum that is right: chance would not get past that. */
    @FuzzTest(maxDuration = "2m")
    void cursor_isReadAsItWasWritten_orRefused(byte[] input) {
        read(new String(input, StandardCharsets.UTF_8));
        CRC32C crc = new CRC32C();
        crc.update(input);
        read(Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(input.length + 4)
                        .put(input)
                        .putInt((int) crc.getValue())
                        .array()));
    }

    private static void read(String text) {
        try {
            assertThat(CURSORS.encode(CURSORS.decode(text))).isEqualTo(text);
        } catch (Failure refused) {
            assertThat(refused.reason()).isIn(REASONS);
        }
    }
}
