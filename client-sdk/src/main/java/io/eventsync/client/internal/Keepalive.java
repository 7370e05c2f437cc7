package io.eventsync.client.internal;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Closes connections whose peer is gone without a word, so that calls on them end and new ones go elsewhere: it answers no ping. */
final class Keepalive {
    private static final long INTERVAL_MILLIS = 15_000;
    private static final long PONG_MILLIS_MAX = 5_000;
    /** For a connection that somebody waited on in vain already. */
    private static final long SUSPECT_PONG_MILLIS_MAX = 2_000;

    private static final int PING_BYTES = 8;

    private final Vertx vertx;
    private final Set<HttpConnection> watched = ConcurrentHashMap.newKeySet();

    Keepalive(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Asks now and then, until it is closed. Once is enough, more do no harm. */
    void watch(HttpConnection connection) {
        if (watched.add(connection)) {
            long timer = vertx.setPeriodic(INTERVAL_MILLIS, id -> ask(vertx, connection, PONG_MILLIS_MAX));
            Runnable forget = () -> {
                vertx.cancelTimer(timer);
                watched.remove(connection);
            };
            connection.closeHandler(closed -> forget.run());
            // One that was closed before does not call the handler.
            ping(connection).onFailure(closed -> forget.run());
        }
    }

    boolean hasAny() {
        return !watched.isEmpty();
    }

    static void suspect(Vertx vertx, HttpConnection connection) {
        ask(vertx, connection, SUSPECT_PONG_MILLIS_MAX);
    }

    private static void ask(Vertx vertx, HttpConnection connection, long pongMillisMax) {
        long timer = vertx.setTimer(pongMillisMax, id -> connection.close().onFailure(closed -> {}));
        ping(connection).onComplete(pong -> vertx.cancelTimer(timer));
    }

    private static Future<Buffer> ping(HttpConnection connection) {
        return connection.ping(Buffer.buffer(new byte[PING_BYTES]));
    }
}
