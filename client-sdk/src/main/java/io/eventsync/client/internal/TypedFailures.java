package io.eventsync.client.internal;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts EventSyncExceptions in the place of what a generated stub fails with, which says neither reason nor details. By proxy, for the two
 * interfaces have forty methods and this is about four of them; the layer's own calls do not go through here.
 */
final class TypedFailures {
    private TypedFailures() {}

    @SuppressWarnings("unchecked")
    static <Q, R> GrpcClientRequest<Q, R> of(GrpcClientRequest<Q, R> call) {
        return proxy(GrpcClientRequest.class, call, (method, result, args) -> switch (method.getName()) {
            case "response", "send" ->
                ((Future<GrpcClientResponse<Q, R>>) Objects.requireNonNull(result))
                        .recover(failure -> Future.failedFuture(Failures.of(failure, null)))
                        .compose(TypedFailures::of);
            default -> result;
        });
    }

    private static <Q, R> Future<GrpcClientResponse<Q, R>> of(GrpcClientResponse<Q, R> response) {
        GrpcStatus status = response.status();
        if (status != null && status != GrpcStatus.OK) {
            return Future.failedFuture(Failures.of(new IllegalStateException(status.name()), response));
        }
        return Future.succeededFuture(typed(response));
    }

    @SuppressWarnings("unchecked")
    private static <Q, R> GrpcClientResponse<Q, R> typed(GrpcClientResponse<Q, R> response) {
        return proxy(GrpcClientResponse.class, response, (method, result, args) -> switch (method.getName()) {
            case "last", "end" ->
                ((Future<Object>) Objects.requireNonNull(result))
                        .recover(failure -> Future.failedFuture(Failures.of(failure, response)));
            case "exceptionHandler" -> {
                if (args[0] instanceof Handler<?> handler) {
                    response.exceptionHandler(
                            failure -> ((Handler<Throwable>) handler).handle(Failures.of(failure, response)));
                }
                yield result;
            }
            default -> result;
        });
    }

    private interface After {
        @Nullable
        Object result(Method method, @Nullable Object result, Object[] args);
    }

    private static <T> T proxy(Class<T> type, T target, After after) {
        Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Object result;
            try {
                result = method.invoke(target, args);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
            return result == target ? self : after.result(method, result, args == null ? new Object[0] : args);
        });
        return type.cast(proxy);
    }
}
