package io.eventsync.server.grpc;

import com.google.protobuf.Parser;
import io.eventsync.server.failure.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.server.GrpcServerRequest;

/** Feeds a session one message at a time; while it is busy, HTTP/2 flow control holds the client back. */
final class SessionReader<Q> {
    private final GrpcServerRequest<Buffer, Buffer> request;
    private final Call call;
    private final Parser<Q> parser;
    private final Rpc.Session<Q> session;

    SessionReader(GrpcServerRequest<Buffer, Buffer> request, Call call, Parser<Q> parser, Rpc.Session<Q> session) {
        this.request = request;
        this.call = call;
        this.parser = parser;
        this.session = session;
    }

    void begin() {
        request.messageHandler(this::message);
        request.endHandler(v -> end());
    }

    private void message(GrpcMessage message) {
        if (call.isDone()) {
            return;
        }
        try {
            var busy = session.next(Rpc.parse(parser, message));
            if (!busy.isComplete()) {
                request.pause();
                busy.onComplete(v -> request.resume(), call::fail);
            } else if (busy.failed()) {
                call.fail(busy.cause());
            }
        } catch (RuntimeException e) {
            call.fail(e);
        }
    }

    private void end() {
        Failure violation = FrameGuard.violation(request.headers());
        if (violation != null) {
            call.fail(violation);
        } else if (!call.isDone()) {
            session.ended();
        }
    }
}
