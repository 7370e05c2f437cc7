package io.eventsync.server.http;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may call: those of this server, and those of the origins that an operator lists. Without a list no other page reads
 * an answer, and none changes anything.
 */
final class Cors {
    private static final String MAX_AGE_SECONDS = "600";
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final Set<String> origins;

    Cors(Set<String> origins) {
        this.origins = origins;
    }

    /** Adds what lets a listed page read the answer. Fails with ORIGIN_REFUSED for a change from a page that is not listed. */
    void admit(HttpServerRequest request) {
        String origin = request.getHeader("origin");
        if (!origins.isEmpty()) {
            request.response().putHeader("vary", "origin");
        }
        if (origin == null) {
            return;
        }
        boolean isListed = origins.contains("*") || origins.contains(origin.toLowerCase(Locale.ROOT));
        if (isListed) {
            allow(request, origin);
        } else if (!SAFE.contains(request.method()) && !isOwn(request, origin)) {
            throw Failure.of(Reason.ORIGIN_REFUSED, "pages of this origin may not call; see setting http.cors-origins")
                    .with("origin", origin);
        }
    }

    private static void allow(HttpServerRequest request, String origin) {
        HttpServerResponse response = request.response();
        response.putHeader("access-control-allow-origin", origin)
                .putHeader(
                        "access-control-expose-headers",
                        "retry-after, grpc-status, grpc-message, grpc-status-details-bin");
        String asked = request.getHeader("access-control-request-headers");
        if (request.method().equals(HttpMethod.OPTIONS) && asked != null) {
            response.putHeader("access-control-allow-methods", "GET, HEAD, POST, PATCH, DELETE")
                    .putHeader(
                            "access-control-allow-headers",
                            "accept, authorization, content-type, last-event-id, traceparent, grpc-timeout, x-grpc-web,"
                                    + " x-user-agent")
                    .putHeader("access-control-max-age", MAX_AGE_SECONDS);
        }
    }

    /** A browser says so itself, in a header that no page can set: behind a proxy that ends TLS the schemes differ. */
    private static boolean isOwn(HttpServerRequest request, String origin) {
        if ("same-origin".equals(request.getHeader("sec-fetch-site"))) {
            return true;
        }
        @Nullable
        String host = request.authority() == null ? null : request.authority().toString();
        return host != null && origin.equalsIgnoreCase(request.scheme() + "://" + host);
    }
}
