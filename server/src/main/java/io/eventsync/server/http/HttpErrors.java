package io.eventsync.server.http;

import com.google.rpc.Status;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.grpc.StatusMapper;
import io.eventsync.server.http.json.JsonOutput;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures over HTTP: the status line of docs/ERRORS.md, and google.rpc.Status as JSON. */
final class HttpErrors {
    private static final Logger LOG = LoggerFactory.getLogger(HttpErrors.class);
    private static final JsonOutput JSON = JsonOutput.plain();
    private static final int UNAUTHORIZED = 401;
    private static final long LINGER_MILLIS = 1_000;
    private static final long NO_ERROR = 0;

    private HttpErrors() {}

    static int status(Reason reason) {
        return switch (reason) {
            case MESSAGE_TOO_LARGE -> 413;
            case METHOD_NOT_ALLOWED -> 405;
            case NOT_ACCEPTABLE -> 406;
            case MEDIA_TYPE_UNSUPPORTED, ENCODING_UNSUPPORTED -> 415;
            default -> status(reason.code());
        };
    }

    /** As google/rpc/code.proto maps them. */
    private static int status(Reason.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case INTERNAL -> 500;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
        };
    }

    static String json(Failure failure) {
        Status status = StatusMapper.status(failure);
        return JSON.print(status);
    }

    /** Answers with the failure. The response must not have begun. */
    static void answer(HttpServerRequest request, Failure failure) {
        answer(request, status(failure.reason()), failure);
    }

    static void answer(HttpServerRequest request, int status, Failure failure) {
        HttpServerResponse response = request.response();
        boolean isUnread = !request.isEnded() && announcesBody(request);
        response.setStatusCode(status);
        String allowed = failure.metadata().get("allow");
        if (failure.reason() == Reason.METHOD_NOT_ALLOWED && allowed != null) {
            response.putHeader("allow", allowed);
        }
        failure.retryAfter().ifPresent(delay -> response.putHeader("retry-after", Long.toString(seconds(delay))));
        if (status == UNAUTHORIZED && !response.headers().contains("www-authenticate")) {
            response.putHeader("www-authenticate", "Bearer");
        }
        if (isUnread && request.version() != HttpVersion.HTTP_2) {
            response.putHeader("connection", "close");
        }
        response.putHeader("content-type", "application/json").putHeader("cache-control", "no-store");
        end(request, Buffer.buffer(json(failure) + "\n"));
        if (isUnread) {
            dropRest(request);
        }
    }

    /** RetryInfo's delay, rounded up. */
    private static long seconds(Duration delay) {
        return Math.max(1, delay.plusMillis(999).toSeconds());
    }

    private static boolean announcesBody(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        return length == null
                ? request.version() == HttpVersion.HTTP_2 || request.headers().contains("transfer-encoding")
                : !length.equals("0");
    }

    /** Nobody reads on: the answer has its time to arrive, then what the client still sends is cut off. */
    private static void dropRest(HttpServerRequest request) {
        Vertx vertx = Objects.requireNonNull(Vertx.currentContext()).owner();
        vertx.setTimer(LINGER_MILLIS, t -> {
            if (!request.isEnded()) {
                if (request.version() == HttpVersion.HTTP_2) {
                    request.response().reset(NO_ERROR).onFailure(e -> LOG.debug("reset failed cause={}", e.toString()));
                } else {
                    request.connection().close().onFailure(e -> LOG.debug("close failed cause={}", e.toString()));
                }
            }
        });
    }

    /** Ends the response with a body, or with what there is to say of it. */
    static void end(HttpServerRequest request, Buffer body) {
        HttpServerResponse response = request.response();
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("content-length", Integer.toString(body.length()));
            response.end();
        } else {
            response.end(body);
        }
    }
}
