package io.eventsync.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes HTTP/1.1 connections that have no request: none within the time for its head, however slowly it comes; later none within the
 * time that a connection is kept. One that is answered, or is sent a stream, is left alone. One per event loop.
 */
final class Http1Timeouts {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Timeouts.class);

    private final Vertx vertx;
    private final HttpConfig config;
    private final IdentityHashMap<HttpConnection, Open> open = new IdentityHashMap<>();

    Http1Timeouts(Vertx vertx, HttpConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    /** The last request's response, and the one that was over when somebody last looked. */
    private static final class Open {
        private @Nullable HttpServerResponse latest;
        private @Nullable HttpServerResponse over;
    }

    void opened(HttpConnection connection) {
        open.put(connection, new Open());
        look(connection, config.headerTimeout().toMillis());
    }

    void closed(HttpConnection connection) {
        Open unused = open.remove(connection);
    }

    void requested(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            Open state = open.get(request.connection());
            if (state != null) {
                state.latest = request.response();
            }
        }
    }

    private void look(HttpConnection connection, long afterMillis) {
        vertx.setTimer(afterMillis, t -> {
            Open state = open.get(connection);
            if (state == null) {
                return;
            }
            HttpServerResponse latest = state.latest;
            boolean isIdle = latest == null || latest.ended();
            if (isIdle && (latest == null || latest == state.over)) {
                LOG.debug("connection without a request peer={} next=close", connection.remoteAddress());
                connection.close().onFailure(e -> LOG.debug("close failed cause={}", e.getMessage()));
                return;
            }
            state.over = isIdle ? latest : null;
            look(connection, config.idleTimeout().toMillis());
        });
    }
}
