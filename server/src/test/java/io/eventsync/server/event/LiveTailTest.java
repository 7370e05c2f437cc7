package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.RowSet;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What it makes of answers in an order that the database did not give them in. */
class LiveTailTest {
    private static final int HEAD = 10;

    private final List<Promise<RowSet<Row>>> polls = new ArrayList<>();
    private final LiveTail tail = tail();

    @BeforeEach
    void fill() {
        LogEvent[] events = new LogEvent[HEAD];
        for (int i = 0; i < HEAD; i++) {
            events[i] = TestEvents.event(i + 1, "T");
        }
        tail.offer(events);
    }

    @Test
    void earliest_isThatOfTheLaterPoll_whenTheOneBeforeIsAnsweredAfterIt() {
        Future<Void> overtaken = tail.poll();
        Future<Void> later = tail.poll();

        answer(1, 6);
        answer(0, 1);

        assertThat(List.of(overtaken, later)).allMatch(Future::succeeded);
        assertThat(tail.earliest()).isEqualTo(6);
    }

    @Test
    void earliest_isThatOfTheDatabase_onceItIsAskedAgain() {
        List<Future<Void>> asked = List.of(tail.poll(), tail.poll());
        answer(1, 4);
        answer(0, 6);

        Future<Void> again = tail.poll();
        answer(2, 6);

        assertThat(asked).allMatch(Future::succeeded);
        assertThat(again.succeeded()).isTrue();
        assertThat(tail.earliest()).isEqualTo(6);
    }

    /** A failover may lose retention's last step and nothing else. */
    @Test
    void earliest_goesBack_whenTheDatabaseDid() {
        Future<Void> before = tail.poll();
        answer(0, 6);
        Future<Void> after = tail.poll();
        answer(1, 1);

        assertThat(List.of(before, after)).allMatch(Future::succeeded);
        assertThat(tail.earliest()).isEqualTo(1);
    }

    /** Each took a connection, also where none is answered. */
    @Test
    void hints_makeOnePollAtATime_andOneMoreForWhatCameMeanwhile() {
        for (int i = 0; i < 3; i++) {
            tail.hinted();
        }
        assertThat(polls).hasSize(1);

        answer(0, 1);
        assertThat(polls).hasSize(2);
        answer(1, 1);
        assertThat(polls).hasSize(2);

        tail.hinted();
        assertThat(polls).hasSize(3);
        polls.get(2).fail("no answer");
        tail.hinted();
        assertThat(polls).hasSize(4);
    }

    private void answer(int poll, long earliest) {
        LogEvent last = TestEvents.event(HEAD, "T");
        Object[] columns = {earliest, 0L, (long) HEAD, 0L, last.id(), last.ingestMicros()};
        Object row = proxy(Row.class, (self, method, arguments) -> columns[(int) arguments[0]]);
        Object iterator = proxy(RowIterator.class, (self, method, arguments) -> row);
        polls.get(poll).complete(rows(iterator));
    }

    @SuppressWarnings("unchecked")
    private static RowSet<Row> rows(Object iterator) {
        return (RowSet<Row>) proxy(RowSet.class, (self, method, arguments) -> iterator);
    }

    private LiveTail tail() {
        Vertx vertx = (Vertx) proxy(Vertx.class, (self, method, arguments) -> {
            throw new UnsupportedOperationException(method.toString());
        });
        Pool pool = (Pool) proxy(Pool.class, (self, method, arguments) -> {
            assertThat(arguments[0]).isEqualTo(ReadStore.HEAD);
            return proxy(PreparedQuery.class, (query, execute, tuple) -> {
                Promise<RowSet<Row>> answer = Promise.promise();
                polls.add(answer);
                return answer.future();
            });
        });
        LogConfig config = LogConfig.from(TestSettings.load(LogConfig.SETTINGS, Map.of()));
        TagDictionary tags = new TagDictionary(new TagStore(pool), 1);
        ReadStore reads = new ReadStore(pool, tags);
        IdStore ids = new IdStore(pool);
        return new LiveTail(vertx, config, reads, tags, ids, new RecentIds(), new IndexedIds(vertx, reads, ids, 0));
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
