package io.eventsync.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pings HTTP/2 peers, so that one that vanished without a word is noticed and its streams are freed. */
final class KeepAlive {
    private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);
    private static final Buffer PING = Buffer.buffer(new byte[8]);

    private final Vertx vertx;
    private final HttpConfig config;

    KeepAlive(Vertx vertx, HttpConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    void watch(HttpConnection connection) {
        if (isHttp2(connection)) {
            AtomicBoolean isOpen = new AtomicBoolean(true);
            connection.closeHandler(v -> isOpen.set(false));
            pingLater(connection, isOpen);
        }
    }

    private static boolean isHttp2(HttpConnection connection) {
        try {
            return connection.settings() != null;
        } catch (UnsupportedOperationException http1) {
            return false;
        }
    }

    private void pingLater(HttpConnection connection, AtomicBoolean isOpen) {
        vertx.setTimer(config.pingInterval().toMillis(), t -> {
            if (isOpen.get()) {
                ping(connection, isOpen);
            }
        });
    }

    private void ping(HttpConnection connection, AtomicBoolean isOpen) {
        long due = vertx.setTimer(config.pingTimeout().toMillis(), t -> {
            if (isOpen.get()) {
                LOG.info("peer does not answer pings peer={} next=close", connection.remoteAddress());
                connection.close().onFailure(e -> LOG.debug("close failed cause={}", e.getMessage()));
            }
        });
        connection.ping(PING.copy()).onComplete(pong -> {
            vertx.cancelTimer(due);
            if (pong.succeeded() && isOpen.get()) {
                pingLater(connection, isOpen);
            }
        });
    }
}
