package io.eventsync.loadtest.receiver;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Reads a request's body up to a limit. */
final class BodyReader {

    static final int BYTES_MAX = 16 << 20;

    private final Promise<byte[]> read = Promise.promise();
    private Buffer body = Buffer.buffer();

    private BodyReader() {}

    /** Fails with a {@link TooLarge}, or as the connection did before the body's end. */
    static Future<byte[]> read(HttpServerRequest request) {
        BodyReader reader = new BodyReader();
        request.handler(reader::add);
        request.endHandler(end -> reader.read.tryComplete(reader.body.getBytes()));
        request.exceptionHandler(reader.read::tryFail);
        return reader.read.future();
    }

    private void add(Buffer chunk) {
        if (body.length() + chunk.length() > BYTES_MAX) {
            body = Buffer.buffer();
            read.tryFail(new TooLarge());
        } else if (!read.future().isComplete()) {
            body.appendBuffer(chunk);
        }
    }

    static final class TooLarge extends RuntimeException {

        private static final long serialVersionUID = 1;

        TooLarge() {
            super("the body is larger than " + BYTES_MAX + " bytes");
        }
    }
}
