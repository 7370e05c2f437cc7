package io.eventsync.loadtest.chaos;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** Changes what a connection to Postgres asks for at its start: {@code synchronous_commit=on} becomes {@code no}, which is as long and means off. */
final class UnsafeCommits {

    private static final byte[] ASKED = "synchronous_commit\0on\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GIVEN = "synchronous_commit\0no\0".getBytes(StandardCharsets.US_ASCII);

    private UnsafeCommits() {}

    static Buffer ask(Buffer start) {
        byte[] bytes = start.getBytes();
        for (int at = 0; at + ASKED.length <= bytes.length; at++) {
            if (isAt(bytes, at)) {
                System.arraycopy(GIVEN, 0, bytes, at, GIVEN.length);
                return Buffer.buffer(bytes);
            }
        }
        return start;
    }

    private static boolean isAt(byte[] bytes, int at) {
        for (int i = 0; i < ASKED.length; i++) {
            if (bytes[at + i] != ASKED[i]) {
                return false;
            }
        }
        return true;
    }
}
