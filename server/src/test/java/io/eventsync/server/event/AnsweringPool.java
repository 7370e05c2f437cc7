package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.Function;

/**
 * A pool that has the answer to one statement before it returns. So does every pool now and then: its connections live on other event
 * loops, and a caller whose thread is held up comes to listen after the answer came.
 */
final class AnsweringPool {
    private AnsweringPool() {}

    /** @param answer what to answer at once, or nothing to let the pool do as usual */
    static Pool of(Pool pool, String statement, Function<Tuple, Optional<Future<RowSet<Row>>>> answer) {
        return proxy(Pool.class, (method, arguments) -> {
            Object result = method.invoke(pool, arguments);
            return method.getName().equals("preparedQuery") && statement.equals(arguments[0])
                    ? prompt((PreparedQuery<?>) result, answer)
                    : result;
        });
    }

    private static PreparedQuery<?> prompt(
            PreparedQuery<?> query, Function<Tuple, Optional<Future<RowSet<Row>>>> answer) {
        return proxy(PreparedQuery.class, (method, arguments) -> {
            Optional<Future<RowSet<Row>>> atOnce =
                    method.getName().equals("execute") ? answer.apply((Tuple) arguments[0]) : Optional.empty();
            return atOnce.isPresent() ? atOnce.get() : method.invoke(query, arguments);
        });
    }

    private interface Calls {
        Object handle(Method method, Object[] arguments) throws ReflectiveOperationException;
    }

    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> calls.handle(method, given)));
    }
}
