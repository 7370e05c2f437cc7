package io.eventsync.server.event;

import static io.eventsync.server.postgres.TestSql.done;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.postgres.TestSql;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;

/** Holds the lock that appends of all nodes take, so that they stand still inside their transactions until it is closed. */
final class AppendLock implements AutoCloseable {
    private static final String WAITING = """
            select count(*) from pg_locks l join pg_database d on d.oid = l.database
            where l.locktype = 'advisory' and not l.granted and d.datname = current_database()
            """;

    private final TestSql sql;
    private final PgConnectOptions options;
    private final PgConnection connection;

    private AppendLock(TestSql sql, PgConnectOptions options) {
        this.sql = sql;
        this.options = options;
        this.connection = sql.connect(options);
        done(connection.query("select pg_advisory_lock(7205758210221000)").execute());
    }

    static AppendLock hold(TestSql sql, PgConnectOptions options) {
        return new AppendLock(sql, options);
    }

    /** Returns once this many appends stand. */
    void awaitWaiting(int appends) {
        await().until(() -> sql.query(options, WAITING).equals(java.util.List.of(Integer.toString(appends))));
    }

    @Override
    public void close() {
        done(connection.close());
    }
}
