package io.eventsync.loadtest.rpc;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.WireFormat;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/2 connection with many calls on it, reopened by the next call after it was lost.
 *
 * <p>The connection lives on the event loop of the context that makes the first call; make the others from there too. Whoever holds streams
 * open has to keep this object: streams do not refer to it, and the client below closes itself once it is garbage.
 */
public final class Connection {

    private static final long MESSAGE_BYTES_MAX = 16L << 20;
    private static final int CONNECT_MILLIS_MAX = 5_000;
    private static final int WINDOW_BYTES = 8 << 20;
    private static final long DEADLINE_GRACE_MILLIS = 1_000;

    private final Vertx vertx;
    private final SocketAddress address;
    private final Security security;
    private GrpcClient client;

    private Connection(Vertx vertx, Target target) {
        this.vertx = vertx;
        this.address = SocketAddress.inetSocketAddress(target.port(), target.host());
        this.security = target.security();
        this.client = fresh();
    }

    public static Connection to(Vertx vertx, Target target) {
        return new Connection(vertx, target);
    }

    private GrpcClient fresh() {
        HttpClientOptions http = new HttpClientOptions()
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(-1)
                .setHttp2ConnectionWindowSize(WINDOW_BYTES)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(WINDOW_BYTES / 8))
                .setConnectTimeout(CONNECT_MILLIS_MAX)
                .setTcpNoDelay(true);
        GrpcClientOptions grpc =
                new GrpcClientOptions().setMaxMessageSize(MESSAGE_BYTES_MAX).setScheduleDeadlineAutomatically(true);
        return GrpcClient.client(vertx, grpc, security.secured(http));
    }

    /** One call with a deadline, which also bounds the wait for a connection; fails with RpcException only. */
    public <Q, R> Future<R> unary(ServiceMethod<R, Q> method, Q request, long timeoutMillis) {
        return open(method)
                .<R>compose(call -> {
                    call.timeout(timeoutMillis, TimeUnit.MILLISECONDS);
                    return answer(call, call.end(request));
                })
                .timeout(timeoutMillis + DEADLINE_GRACE_MILLIS, TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(RpcException.of(failure, null)));
    }

    /** The same with a request encoded before and no deadline, for loops that send the same few bytes many times. */
    public <Q, R> Future<R> unary(ServiceMethod<R, Q> method, Buffer encoded) {
        return open(method).compose(call -> answer(call, call.endMessage(identity(encoded))));
    }

    /** A call to be driven message by message. */
    public <Q, R> Future<GrpcClientRequest<Q, R>> open(ServiceMethod<R, Q> method) {
        return client.<Q, R>request(address, method)
                .map(call -> {
                    security.authorise(call.headers());
                    return call.format(WireFormat.PROTOBUF);
                })
                .recover(failure -> Future.failedFuture(RpcException.of(failure, null)));
    }

    /**
     * Gives up a connection that may be dead without a word: calls on it end, the next one opens another. For whoever waited in vain; nothing
     * here sends pings.
     */
    public void renew() {
        GrpcClient dead = client;
        client = fresh();
        dead.close().onFailure(closed -> {});
    }

    public Future<Void> close() {
        return client.close();
    }

    public static GrpcMessage identity(Buffer encoded) {
        return GrpcMessage.message("identity", WireFormat.PROTOBUF, encoded);
    }

    private static <Q, R> Future<R> answer(GrpcClientRequest<Q, R> call, Future<Void> written) {
        return written.compose(done -> call.response())
                .recover(failure -> Future.failedFuture(RpcException.of(failure, null)))
                .compose(response ->
                        response.last().recover(failure -> Future.failedFuture(RpcException.of(failure, response))));
    }
}
