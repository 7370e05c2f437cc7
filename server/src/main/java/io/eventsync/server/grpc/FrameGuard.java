package io.eventsync.server.grpc;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.internal.http.HttpServerRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the frame of each gRPC message (flag byte, four bytes of length) before the library does. The library throws on a
 * compressed message without an encoding and then never answers; takes any flag for "not compressed"; and drops a message that is cut
 * off. On a bad frame this ends the request for the library, with a mark that tells the call what to answer.
 */
public final class FrameGuard extends HttpServerRequestWrapper {
    /** A client that sends it gets its own call refused, no more. The library refuses names that no client could send. */
    private static final String MARK = "eventsync-frame";

    private static final String FLAG = "flag";
    private static final String CUT_OFF = "cut-off";
    private static final int HEADER_BYTES = 5;

    private @Nullable Handler<Void> endHandler;
    private boolean ended;
    private int headerBytes;
    private long length;
    private long left;

    public FrameGuard(HttpServerRequest request) {
        super((HttpServerRequestInternal) request);
    }

    /** What the request's frames did wrong, if anything. */
    static @Nullable Failure violation(MultiMap headers) {
        String mark = headers.get(MARK);
        if (mark == null) {
            return null;
        }
        return mark.equals(FLAG)
                ? Failure.of(Reason.MESSAGE_MALFORMED, "messages must not be compressed: the flag byte must be 0")
                : Rpc.malformed("the request ended in the middle of a message");
    }

    @Override
    public HttpServerRequest handler(@Nullable Handler<Buffer> handler) {
        if (handler == null) {
            return super.handler(null);
        }
        return super.handler(chunk -> {
            if (!ended) {
                if (isWellFramed(chunk)) {
                    handler.handle(chunk);
                } else {
                    endWith(FLAG);
                }
            }
        });
    }

    @Override
    public HttpServerRequest endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        return super.endHandler(v -> {
            if (!ended) {
                endWith(headerBytes > 0 || left > 0 ? CUT_OFF : null);
            }
        });
    }

    private void endWith(@Nullable String mark) {
        ended = true;
        if (mark != null) {
            headers().set(MARK, mark);
        }
        Handler<Void> handler = endHandler;
        if (handler != null) {
            handler.handle(null);
        }
    }

    private boolean isWellFramed(Buffer chunk) {
        int at = 0;
        while (at < chunk.length()) {
            if (left > 0) {
                long taken = Math.min(left, chunk.length() - at);
                left -= taken;
                at += (int) taken;
                continue;
            }
            int octet = chunk.getUnsignedByte(at++);
            if (headerBytes == 0) {
                if (octet != 0) {
                    return false;
                }
                length = 0;
            } else {
                length = length << 8 | octet;
            }
            headerBytes++;
            if (headerBytes == HEADER_BYTES) {
                headerBytes = 0;
                left = length;
            }
        }
        return true;
    }
}
