package io.eventsync.client.internal;

import io.eventsync.client.EventSyncException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.Address;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.WireFormat;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one client, to whichever of its servers is next. Each call asks for a token anew, so that a renewed one is used from the next
 * call on, and streams that are open stay so.
 */
public final class Transport implements GrpcClient {
    /** A call ends itself at its deadline; past this, it did not. */
    private static final long LATE_MILLIS = 500;

    private final Vertx vertx;
    private final Connections connections;
    private final String userAgent;
    private final Duration deadline;
    private final @Nullable Supplier<Future<String>> token;

    public Transport(
            Vertx vertx,
            Connections connections,
            String userAgent,
            Duration deadline,
            @Nullable Supplier<Future<String>> token) {
        this.vertx = vertx;
        this.connections = connections;
        this.userAgent = userAgent;
        this.deadline = deadline;
        this.token = token;
    }

    public Vertx vertx() {
        return vertx;
    }

    /** How long a call may take that names no time of its own. */
    public Duration deadline() {
        return deadline;
    }

    /** One call with the client's deadline; fails with EventSyncException only. */
    public <Q, R> Future<R> unary(ServiceMethod<R, Q> method, Q request) {
        return unary(method, request, deadline);
    }

    /** One call with a deadline of its own, for calls that wait. */
    public <Q, R> Future<R> unary(ServiceMethod<R, Q> method, Q request, Duration within) {
        Future<GrpcClientRequest<Q, R>> opening = open(method);
        return here(opening.compose(call -> {
                    call.timeout(within.toMillis(), TimeUnit.MILLISECONDS);
                    return call.end(request)
                            .compose(done -> call.response())
                            .recover(failure -> Future.failedFuture(unanswered(call, failure)))
                            .compose(response -> response.last()
                                    .recover(failure -> Future.failedFuture(Failures.of(failure, response))));
                })
                .timeout(within.toMillis() + LATE_MILLIS, TimeUnit.MILLISECONDS)
                .recover(failure -> {
                    if (failure instanceof TimeoutException) {
                        opening.onSuccess(GrpcClientRequest::cancel);
                    }
                    return Future.failedFuture(Failures.of(failure, null));
                }));
    }

    /** Perhaps the peer is gone without a word. */
    private EventSyncException unanswered(GrpcClientRequest<?, ?> call, Throwable failure) {
        Keepalive.suspect(vertx, call.connection());
        return Failures.of(failure, null);
    }

    /** A call without a deadline, to be driven message by message. Failures after this are the caller's to translate: {@link Failures}. */
    public <Q, R> Future<GrpcClientRequest<Q, R>> open(ServiceMethod<R, Q> method) {
        return here(authorised(connections.<Q, R>open((pool, server) -> pool.request(server, method)))
                .map(call -> call.format(WireFormat.PROTOBUF))
                .recover(failure -> Future.failedFuture(Failures.of(failure, null))));
    }

    /**
     * Answers on the context that asks, if it is one: who asks has state there. A token may come from any thread, and
     * {@link Future#timeout} has a thread of its own.
     */
    private static <T> Future<T> here(Future<T> answer) {
        Context caller = Vertx.currentContext();
        if (caller == null) {
            return answer;
        }
        Promise<T> promise = Promise.promise();
        answer.onComplete((result, failure) -> {
            if (VertxLoop.isOn(caller)) {
                promise.complete(result, failure);
            } else {
                caller.runOnContext(v -> promise.complete(result, failure));
            }
        });
        return promise.future();
    }

    /** For the generated stubs: the same headers, and failures that are EventSyncExceptions. The server's deadline applies. */
    @Override
    public <Q, R> Future<GrpcClientRequest<Q, R>> request(ServiceMethod<R, Q> method) {
        return open(method).map(TypedFailures::of);
    }

    @Override
    public <Q, R> Future<GrpcClientRequest<Q, R>> request(Address server, ServiceMethod<R, Q> method) {
        return request(method);
    }

    @Override
    public Future<GrpcClientRequest<Buffer, Buffer>> request() {
        return authorised(connections.open((pool, server) -> pool.request(server)));
    }

    @Override
    public Future<GrpcClientRequest<Buffer, Buffer>> request(Address server) {
        return request();
    }

    @Override
    public Future<Void> close() {
        return connections.close();
    }

    private <Q, R> Future<GrpcClientRequest<Q, R>> authorised(Future<GrpcClientRequest<Q, R>> opened) {
        return opened.compose(call -> {
            call.headers().set(HttpHeaders.USER_AGENT, userAgent);
            if (token == null) {
                return Future.succeededFuture(call);
            }
            return token.get().map(value -> {
                call.headers().set(HttpHeaders.AUTHORIZATION, "Bearer " + value);
                return call;
            });
        });
    }
}
