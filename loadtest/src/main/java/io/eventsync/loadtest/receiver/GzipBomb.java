package io.eventsync.loadtest.receiver;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** A quarter of a mebibyte that a reader which trusts it inflates to 256 MiB of zeros. */
final class GzipBomb {

    static final int INFLATED_BYTES = 256 << 20;

    private GzipBomb() {}

    /** Shared by all answers: nobody may change it. */
    static Buffer bytes() {
        return Once.BYTES;
    }

    private static final class Once {

        static final Buffer BYTES = make();

        private static Buffer make() {
            byte[] zeros = new byte[1 << 20];
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                for (int written = 0; written < INFLATED_BYTES; written += zeros.length) {
                    gzip.write(zeros);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Buffer.buffer(bytes.toByteArray());
        }
    }
}
