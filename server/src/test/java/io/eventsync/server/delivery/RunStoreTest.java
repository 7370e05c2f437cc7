package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunStoreTest {
    private final List<String> asked = new ArrayList<>();
    private final List<Promise<RowSet<Row>>> answers = new ArrayList<>();

    /** Or a retry that is asked for in between is neither among them nor known to be missing. */
    @Test
    void waitingDeliveries_areReadAfterWhatWasAskedFor() {
        Future<List<RunStore.Loaded>> loaded = new RunStore(pool()).load(new Long[] {1L}, new SteadyClock(() -> 0));
        assertThat(asked).containsExactly(RunStore.LOAD);

        answers.get(0).complete(noRows());
        assertThat(asked).containsExactly(RunStore.LOAD, RunStore.WAITING);

        answers.get(1).complete(noRows());
        assertThat(loaded.result()).isEmpty();
    }

    private Pool pool() {
        return (Pool) proxy(Pool.class, (self, method, arguments) -> {
            asked.add((String) arguments[0]);
            return proxy(PreparedQuery.class, (query, execute, tuple) -> {
                Promise<RowSet<Row>> answer = Promise.promise();
                answers.add(answer);
                return answer.future();
            });
        });
    }

    @SuppressWarnings("unchecked")
    private static RowSet<Row> noRows() {
        return (RowSet<Row>) proxy(RowSet.class, (self, method, arguments) -> null);
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
