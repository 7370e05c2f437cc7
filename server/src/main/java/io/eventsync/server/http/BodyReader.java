package io.eventsync.server.http;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Takes in a request's body, as long as it stays within bounds. */
final class BodyReader {
    private static final byte[] EMPTY = {};

    private final long bytesMax;
    private final Promise<byte[]> promise = Promise.promise();
    private @Nullable Buffer body;
    private boolean isOwn;

    private BodyReader(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Fails with MESSAGE_TOO_LARGE as soon as it is known to be; the rest of the body is then dropped as it comes. */
    static Future<byte[]> read(HttpServerRequest request, long bytesMax) {
        BodyReader reader = new BodyReader(bytesMax);
        if (announced(request) > bytesMax) {
            return Future.failedFuture(reader.tooLarge());
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
            request.response().writeContinue().onFailure(e -> reader.promise.tryFail(e));
        }
        request.handler(reader::chunk);
        request.endHandler(v -> reader.end());
        return reader.promise.future();
    }

    private static long announced(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // more digits than a long has
        }
    }

    private void chunk(Buffer chunk) {
        Buffer so = body;
        if (promise.future().isComplete()) {
            return;
        }
        if ((so == null ? 0 : so.length()) + (long) chunk.length() > bytesMax) {
            body = null;
            boolean unused = promise.tryFail(tooLarge());
        } else if (so == null) {
            body = chunk;
        } else {
            // The first chunk is the library's; most bodies are one and are not copied.
            body = isOwn
                    ? so.appendBuffer(chunk)
                    : Buffer.buffer(4 * so.length()).appendBuffer(so).appendBuffer(chunk);
            isOwn = true;
        }
    }

    private void end() {
        Buffer all = body;
        boolean unused = promise.tryComplete(all == null ? EMPTY : all.getBytes());
    }

    private Failure tooLarge() {
        return Failure.of(Reason.MESSAGE_TOO_LARGE, "the body is larger than " + bytesMax + " bytes")
                .with("max_bytes", bytesMax);
    }
}
