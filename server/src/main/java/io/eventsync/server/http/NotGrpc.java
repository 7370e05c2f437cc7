package io.eventsync.server.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** What the public port says to requests that are not gRPC. */
final class NotGrpc {
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int NOT_FOUND = 404;

    private NotGrpc() {}

    static void answer(HttpServerRequest request) {
        if (isGrpc(request)) {
            request.response().putHeader("allow", "POST");
        }
        request.response()
                .setStatusCode(status(request))
                .putHeader("content-type", "application/json")
                .end(
                        "{\"code\":5,\"message\":\"this port speaks gRPC and gRPC-Web; content-type must be application/grpc\"}\n");
    }

    /** By its content type; a request that is not a POST is still none that gRPC answers. */
    static boolean isGrpc(HttpServerRequest request) {
        String type = request.getHeader("content-type");
        return type != null && type.startsWith("application/grpc");
    }

    private static int status(HttpServerRequest request) {
        if (isGrpc(request)) {
            return METHOD_NOT_ALLOWED;
        }
        boolean isHalfGrpc =
                request.method().equals(HttpMethod.POST) && request.path().indexOf('.') > 0;
        return isHalfGrpc ? UNSUPPORTED_MEDIA_TYPE : NOT_FOUND;
    }
}
