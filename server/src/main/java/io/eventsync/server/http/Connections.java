package io.eventsync.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections of a node: closes what comes above the limit, and pings HTTP/2 peers, so that one that vanished without a word is
 * noticed and its streams are freed. Any event loop may call.
 */
public final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final Buffer PING = Buffer.buffer(new byte[8]);

    private final Vertx vertx;
    private final HttpConfig config;
    private final AtomicInteger open = new AtomicInteger();

    public Connections(Vertx vertx, HttpConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    /** @param onClose runs when it is gone */
    void accept(HttpConnection connection, Http1Timeouts timeouts, Runnable onClose) {
        AtomicBoolean isOpen = new AtomicBoolean(true);
        boolean isTooMany = open.incrementAndGet() > config.connectionsMax();
        connection.closeHandler(v -> {
            isOpen.set(false);
            open.decrementAndGet();
            timeouts.closed(connection);
            onClose.run();
        });
        if (isTooMany) {
            LOG.warn(
                    "too many connections limit={} peer={} next=close",
                    config.connectionsMax(),
                    connection.remoteAddress());
            close(connection);
        } else if (isHttp2(connection)) {
            pingLater(connection, isOpen);
        } else {
            timeouts.opened(connection);
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
                close(connection);
            }
        });
        connection.ping(PING.copy()).onComplete(pong -> {
            vertx.cancelTimer(due);
            if (pong.succeeded() && isOpen.get()) {
                pingLater(connection, isOpen);
            }
        });
    }

    private static void close(HttpConnection connection) {
        connection.close().onFailure(e -> LOG.debug("close failed cause={}", e.getMessage()));
    }
}
