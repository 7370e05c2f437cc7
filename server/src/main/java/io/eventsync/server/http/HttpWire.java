package io.eventsync.server.http;

import io.eventsync.server.auth.ClientCertificate;
import io.eventsync.server.grpc.CallWire;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/** What the two kinds of calls over HTTP have in common. */
abstract sealed class HttpWire implements CallWire permits UnaryWire, StreamWire {
    final HttpServerRequest request;
    final HttpServerResponse response;

    HttpWire(HttpServerRequest request) {
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
        return String.valueOf(request.remoteAddress());
    }

    @Override
    public void onGone(Runnable handler) {
        // HTTP/1.1 and HTTP/2 tell of a lost client at different ones of these.
        request.exceptionHandler(error -> handler.run());
        response.exceptionHandler(error -> handler.run());
        response.closeHandler(v -> handler.run());
    }

    @Override
    public boolean isFull() {
        return response.writeQueueFull();
    }

    @Override
    public void onDrain(Runnable handler) {
        response.drainHandler(v -> handler.run());
    }
}
