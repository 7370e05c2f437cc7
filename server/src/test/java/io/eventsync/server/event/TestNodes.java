package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A database of its own with the nodes that a test opens on it. */
final class TestNodes implements AutoCloseable {
    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final TestSql sql = new TestSql();
    private final List<TestNode> nodes = new ArrayList<>();

    TestNode node() {
        return node(Map.of());
    }

    /** With settings by the name of their flag. */
    TestNode node(Map<String, String> flags) {
        TestNode node = TestNode.open(database, flags);
        nodes.add(node);
        return node;
    }

    /** One that has answered what the log has at some positions before anybody can listen. */
    TestNode nodeOfPromptLookUps(Map<String, String> flags) {
        TestNode node = TestNode.open(
                database,
                flags,
                pool -> AnsweringPool.of(
                        pool, ReadStore.STORED, positions -> Optional.of(Future.succeededFuture(stored(positions)))));
        nodes.add(node);
        return node;
    }

    /** From a thread that may block. */
    private RowSet<Row> stored(Tuple positions) {
        return CompletableFuture.supplyAsync(() -> sql.on(
                        database,
                        client -> client.preparedQuery(ReadStore.STORED).execute(positions)))
                .join();
    }

    AppendLock holdAppends() {
        return AppendLock.hold(sql, database);
    }

    void execute(String statement) {
        sql.execute(database, statement);
    }

    /** The first column, as text. */
    List<String> stored(String query) {
        return sql.query(database, query);
    }

    static void assertRefused(ThrowingCallable call, Reason reason) {
        assertThatThrownBy(call).satisfies(cause -> assertReason(cause, reason));
    }

    static void assertReason(Throwable cause, Reason reason) {
        assertThat(cause)
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    @Override
    public void close() {
        nodes.forEach(TestNode::close);
        sql.close();
    }
}
