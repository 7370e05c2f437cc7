package io.eventsync.server.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SQL of partitions that go away, while others read and write their table. Who asks for a lock that it does not get makes all who come
 * later queue behind it: so a partition is detached concurrently, and no lock is waited for long. What is in the way, a dump or a
 * transaction that somebody left open, fails the round, and a later one goes on where it stopped.
 */
public final class Partitions {
    /** Nodes take turns: a partition that another node is detaching looks like one that was left half detached. */
    static final String TRY_LOCK = "select pg_try_advisory_lock(7205758210221006)";

    static final String UNLOCK = "select pg_advisory_unlock(7205758210221006)";
    static final String LIMIT = "set lock_timeout = '3s'";
    static final String LIMIT_NO_MORE = "reset lock_timeout";

    /** Answers no row if it has gone, and null if it is no partition any more. */
    static final String IS_PENDING = """
            select i.inhdetachpending from pg_class c left join pg_inherits i on i.inhrelid = c.oid where c.oid = to_regclass($1)
            """;

    private final Pool pool;

    public Partitions(Pool pool) {
        this.pool = pool;
    }

    /** A table and one of its partitions, with their schema. */
    public record Partition(String table, String name) {}

    /** Takes them away. Answers false if another node is at it. */
    public Future<Boolean> drop(List<Partition> partitions) {
        return pool.withConnection(connection -> isTrue(connection, TRY_LOCK)
                .compose(mine -> mine
                        ? dropAll(connection, partitions)
                                .eventually(() -> isTrue(connection, UNLOCK))
                                .map(v -> true)
                        : Future.succeededFuture(false)));
    }

    private static Future<Void> dropAll(SqlConnection connection, List<Partition> partitions) {
        Future<Void> done = run(connection, LIMIT);
        for (Partition partition : partitions) {
            done = done.compose(v -> drop(connection, partition));
        }
        return done.eventually(() -> run(connection, LIMIT_NO_MORE));
    }

    private static Future<Void> drop(SqlConnection connection, Partition partition) {
        return connection
                .preparedQuery(IS_PENDING)
                .execute(Tuple.of(partition.name()))
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture()
                        : detach(connection, partition, rows.iterator().next().getBoolean(0))
                                .compose(v -> run(connection, "drop table " + partition.name())));
    }

    private static Future<Void> detach(SqlConnection connection, Partition partition, @Nullable Boolean isPending) {
        return isPending == null
                ? Future.succeededFuture()
                : run(
                        connection,
                        "alter table " + partition.table() + " detach partition " + partition.name()
                                + (isPending ? " finalize" : " concurrently"));
    }

    private static Future<Void> run(SqlConnection connection, String statement) {
        return connection.query(statement).execute().mapEmpty();
    }

    private static Future<Boolean> isTrue(SqlConnection connection, String statement) {
        return connection.query(statement).execute().map(Partitions::isTrue);
    }

    private static boolean isTrue(RowSet<Row> rows) {
        return rows.iterator().next().getBoolean(0);
    }
}
