package io.eventsync.server.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** What the public port says to requests that are not gRPC. */
final class NotGrpc {
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;
    private static final int NOT_FOUND = 404;

    private NotGrpc() {}

    static void answer(HttpServerRequest request) {
        boolean isHalfGrpc =
                request.method().equals(HttpMethod.POST) && request.path().indexOf('.') > 0;
        request.response()
                .setStatusCode(isHalfGrpc ? UNSUPPORTED_MEDIA_TYPE : NOT_FOUND)
                .putHeader("content-type", "application/json")
                .end(
                        "{\"code\":5,\"message\":\"this port speaks gRPC and gRPC-Web; content-type must be application/grpc\"}\n");
    }
}
