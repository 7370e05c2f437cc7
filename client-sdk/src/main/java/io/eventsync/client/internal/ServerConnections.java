package io.eventsync.client.internal;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import java.net.ConnectException;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * HTTP/2 connections to one server.
 *
 * <p>A pool waits without end for a connection whose peer never says a word after TCP's handshake, and all calls queue behind it. So opening
 * is bounded here, and a pool that does not get there in time is given up for a fresh one.
 */
final class ServerConnections {
    /** A page of 4 MiB and what goes around it. */
    private static final long MESSAGE_BYTES_MAX = 16L << 20;

    private static final int CONNECT_MILLIS_MAX = 5_000;
    /** TCP's part, which has the more telling error, and then TLS and HTTP/2. */
    private static final int OPEN_MILLIS_MAX = CONNECT_MILLIS_MAX + 1_000;

    private static final long AVOIDED_NANOS = 5_000_000_000L;
    /** What a stream whose reader stands still holds at most. */
    private static final int STREAM_WINDOW_BYTES = 512 << 10;
    /** So many streams may stand still before the others on the connection do. */
    private static final int CONNECTION_WINDOW_BYTES = 128 * STREAM_WINDOW_BYTES;

    private final Vertx vertx;
    private final SocketAddress server;
    private final HttpClientOptions http;
    private volatile Pool pool;
    private boolean isClosed;
    private volatile long avoidedUntil = System.nanoTime();

    ServerConnections(Vertx vertx, SocketAddress server, boolean isTls, Optional<PemTrustOptions> trust) {
        this.vertx = vertx;
        this.server = server;
        this.http = options(isTls, trust);
        this.pool = fresh();
    }

    private static HttpClientOptions options(boolean isTls, Optional<PemTrustOptions> trust) {
        HttpClientOptions http = new HttpClientOptions()
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(-1)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(STREAM_WINDOW_BYTES))
                .setConnectTimeout(CONNECT_MILLIS_MAX)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true);
        if (isTls) {
            http.setSsl(true).setUseAlpn(true).setVerifyHost(true);
            trust.ifPresent(http::setTrustOptions);
        }
        return http;
    }

    private record Pool(GrpcClient calls, Keepalive connections) {}

    private Pool fresh() {
        GrpcClientOptions grpc =
                new GrpcClientOptions().setMaxMessageSize(MESSAGE_BYTES_MAX).setScheduleDeadlineAutomatically(true);
        return new Pool(GrpcClient.builder(vertx).with(grpc).with(http).build(), new Keepalive(vertx));
    }

    <Q, R> Future<GrpcClientRequest<Q, R>> open(
            BiFunction<GrpcClient, SocketAddress, Future<GrpcClientRequest<Q, R>>> call) {
        Pool through = pool;
        Future<GrpcClientRequest<Q, R>> opening;
        try {
            opening = call.apply(through.calls, server);
        } catch (IllegalStateException closed) {
            return Future.failedFuture(isGivenUp(through) ? silent() : Failures.closed(closed));
        }
        opening = opening.onSuccess(opened -> through.connections.watch(opened.connection()));
        return (opening.succeeded() ? opening : bounded(opening, through))
                .onFailure(unreachable -> avoidedUntil = System.nanoTime() + AVOIDED_NANOS);
    }

    /** True if it could not be reached a moment ago. */
    boolean isAvoided() {
        return System.nanoTime() - avoidedUntil < 0;
    }

    private <T extends GrpcClientRequest<?, ?>> Future<T> bounded(Future<T> opening, Pool through) {
        Promise<T> answer = Promise.promise();
        long timer = vertx.setTimer(OPEN_MILLIS_MAX, id -> {
            giveUp(through);
            answer.tryFail(silent());
        });
        opening.onComplete(
                opened -> {
                    vertx.cancelTimer(timer);
                    if (!answer.tryComplete(opened)) {
                        opened.cancel();
                    }
                },
                failure -> {
                    vertx.cancelTimer(timer);
                    // Closing a pool fails what waits in it, with words that would mislead.
                    answer.tryFail(isGivenUp(through) ? silent() : failure);
                });
        return answer.future();
    }

    private ConnectException silent() {
        return new ConnectException(server + " let nobody open a call for " + OPEN_MILLIS_MAX + " ms");
    }

    /** With a connection that works, calls wait for others to end, of which the server allows so many at once. */
    private synchronized void giveUp(Pool stuck) {
        if (!isClosed && !isGivenUp(stuck) && !stuck.connections.hasAny()) {
            pool = fresh();
            stuck.calls.close().onFailure(closed -> {});
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isGivenUp(Pool through) {
        return pool != through;
    }

    synchronized Future<Void> close() {
        isClosed = true;
        return pool.calls.close();
    }
}
