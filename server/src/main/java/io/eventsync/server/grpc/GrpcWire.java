package io.eventsync.server.grpc;

import io.eventsync.server.auth.ClientCertificate;
import io.eventsync.server.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.Optional;

/** A call over gRPC or gRPC-Web. */
final class GrpcWire implements CallWire {
    private final GrpcServerRequest<Buffer, Buffer> request;
    private final GrpcServerResponse<Buffer, Buffer> response;

    GrpcWire(GrpcServerRequest<Buffer, Buffer> request) {
        this.request = request;
        this.response = request.response();
    }

    @Override
    public MultiMap headers() {
        return request.headers();
    }

    @Override
    public Optional<String> certificateName() {
        return ClientCertificate.name(request.connection());
    }

    @Override
    public String peer() {
        return String.valueOf(request.connection().remoteAddress());
    }

    @Override
    public HttpConnection connection() {
        return request.connection();
    }

    @Override
    public void onGone(Runnable handler) {
        // A reset arrives at the one, a lost connection at the other, some at both.
        request.errorHandler(error -> handler.run());
        request.exceptionHandler(error -> handler.run());
        response.exceptionHandler(error -> handler.run());
    }

    @Override
    public boolean isFull() {
        return response.writeQueueFull();
    }

    @Override
    public void onDrain(Runnable handler) {
        response.drainHandler(v -> handler.run());
    }

    @Override
    public Future<Void> write(Buffer message) {
        return response.writeMessage(GrpcMessage.message("identity", message));
    }

    @Override
    public void end(Buffer message) {
        response.endMessage(GrpcMessage.message("identity", message));
    }

    @Override
    public void end() {
        response.end();
    }

    @Override
    public void fail(Failure failure) {
        response.status(GrpcStatus.valueOf(failure.reason().code().number()));
        response.statusMessage(failure.getMessage());
        response.trailers().set(StatusMapper.DETAILS_TRAILER, StatusMapper.encode(StatusMapper.status(failure)));
        response.end();
    }
}
