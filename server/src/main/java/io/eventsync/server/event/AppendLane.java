package io.eventsync.server.event;

import io.eventsync.server.postgres.SingleConnection;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that appends batches, in one of two ways. The append commits without waiting for the disk and lets the next one, of any
 * node, go on; the mark right behind it on the same connection commits synchronously, and its answer is the acknowledgement. On one
 * connection, because after a crash of Postgres a mark on another one could succeed for rows that are gone. Or both in one transaction,
 * which is less to do, and keeps every other append waiting while the disk writes. Belongs to the log's context.
 */
final class AppendLane {
    static final String APPEND =
            "select base, at, dup_ids, dup_positions from eventsync.append($1, $2, $3, $4, $5, $6)";
    /** With its mark; commits synchronously. */
    static final String APPEND_DURABLY =
            "select base, at, dup_ids, dup_positions from eventsync.append_durably($1, $2, $3, $4, $5, $6)";

    /** Commits synchronously, and so flushes the log of the appends before it. Does nothing if the row is there: then it did. */
    static final String MARK = """
            insert into eventsync.mark (pos) select n.head from eventsync.newest($1, '{}') n where n.head is not null
            on conflict do nothing
            """;

    /** Or an append that was given up would go on, beside those that come after it. Does not end a commit that waits for a standby. */
    static final String LIMIT = "set statement_timeout = '10s'";

    private static final Logger LOG = LoggerFactory.getLogger(AppendLane.class);
    private static final long RECONNECT_MILLIS_MIN = 50;
    private static final long RECONNECT_MILLIS_MAX = 2_000;
    private static final long ANSWER_MILLIS_MAX = 10_000;
    private static final long DOUBT_MILLIS_MAX = 1_000;

    private final Vertx vertx;
    private final Context context;
    private final SingleConnection single;
    private final Function<SqlClient, Future<Void>> check;
    private final Runnable onFree;
    private final Runnable onLost;
    private @Nullable PgConnection connection;
    private @Nullable Statements statements;
    private long reconnectMillis = RECONNECT_MILLIS_MIN;
    private boolean busy;
    private boolean closed;

    /**
     * @param check what has to be done on each new connection before it appends
     * @param onFree runs on the context when the lane can be used again after it could not
     * @param onLost runs on the context when its connection is gone; it opens another by itself
     */
    AppendLane(
            Vertx vertx,
            Context context,
            PgConnectOptions options,
            Function<SqlClient, Future<Void>> check,
            Runnable onFree,
            Runnable onLost) {
        this.vertx = vertx;
        this.context = context;
        this.check = check;
        this.single = new SingleConnection(
                vertx,
                new PgConnectOptions(options)
                        .setCachePreparedStatements(false)
                        .addProperty("application_name", "eventsync-append")
                        .addProperty("default_transaction_isolation", "read committed")
                        .addProperty("plan_cache_mode", "force_generic_plan")
                        .addProperty("synchronous_commit", "on"));
        this.onFree = onFree;
        this.onLost = onLost;
    }

    /** What the log answered: the position before the batch and its time, or the ids it has already. */
    record Answer(long base, long ingestMicros, Map<String, Long> duplicates) {}

    private record Statements(PreparedStatement append, PreparedStatement mark, PreparedStatement appendDurably) {}

    boolean isConnected() {
        return connection != null;
    }

    boolean isFree() {
        return connection != null && !busy;
    }

    /** Connects for the first time; later losses are repaired by the lane itself. */
    Future<Void> open() {
        return connect();
    }

    private Future<Void> connect() {
        return single.open()
                .compose(fresh -> Future.all(
                                fresh.prepare(APPEND),
                                fresh.prepare(MARK),
                                fresh.prepare(APPEND_DURABLY),
                                fresh.query(LIMIT).execute(),
                                check.apply(fresh))
                        .timeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
                        .onFailure(e -> single.abandon())
                        .map(all -> {
                            statements = new Statements(all.resultAt(0), all.resultAt(1), all.resultAt(2));
                            connection = fresh;
                            busy = false;
                            reconnectMillis = RECONNECT_MILLIS_MIN;
                            // Whatever it is, the statement under way fails with it too.
                            fresh.exceptionHandler(e -> LOG.debug("append connection cause={}", e.getMessage()));
                            fresh.closeHandler(v -> lost(fresh));
                            onFree.run();
                            return null;
                        }));
    }

    private void lost(PgConnection which) {
        if (connection != which) {
            return;
        }
        connection = null;
        statements = null;
        onLost.run();
        if (!closed) {
            LOG.warn("append connection lost, next=reconnect in_ms={}", reconnectMillis);
            reconnectLater();
        }
    }

    private void reconnectLater() {
        long delay = reconnectMillis;
        reconnectMillis = Math.min(RECONNECT_MILLIS_MAX, reconnectMillis * 2);
        vertx.setTimer(delay, t -> {
            if (!closed) {
                connect().onFailure(e -> {
                    LOG.warn(
                            "append connection failed cause={} next=reconnect in_ms={}",
                            e.getMessage(),
                            reconnectMillis);
                    reconnectLater();
                });
            }
        });
    }

    /**
     * Sends one batch, and lets the next one go on while it is flushed. The future fails if the outcome is unknown or the batch was
     * refused; the caller checks which.
     *
     * @param known as in the batch
     */
    Future<Answer> sendAndMark(Tuple batch, long known) {
        return send(statements -> {
            Future<RowSet<Row>> appended = statements.append().query().execute(batch);
            Future<RowSet<Row>> marked = statements.mark().query().execute(Tuple.of(known));
            return Future.join(appended, marked).compose(both -> appended);
        });
    }

    /** Like {@link #sendAndMark}, but faster and with every other append waiting until it is flushed. */
    Future<Answer> sendAsOne(Tuple batch) {
        return send(statements -> statements.appendDurably().query().execute(batch));
    }

    private Future<Answer> send(Function<Statements, Future<RowSet<Row>>> how) {
        PgConnection used = connection;
        Statements prepared = statements;
        if (used == null || prepared == null) {
            return Future.failedFuture("not connected");
        }
        busy = true;
        Promise<Answer> promise = Promise.promise();
        long watch = vertx.setTimer(ANSWER_MILLIS_MAX, t -> {
            LOG.error("no answer to an append within {} ms, next=close the connection", ANSWER_MILLIS_MAX);
            drop(used);
            promise.tryFail("no answer to an append");
        });
        how.apply(prepared).onComplete(answered -> {
            vertx.cancelTimer(watch);
            if (connection == used) {
                busy = false;
            }
            if (answered.failed()) {
                closeIfUnfit(used, answered.cause());
                promise.tryFail(answered.cause());
            } else {
                promise.tryComplete(answer(answered.result().iterator().next()));
            }
        });
        return promise.future();
    }

    /** Another connection broke, and what broke it may have broken this one, too: asks before it is used again. */
    void doubt() {
        PgConnection used = connection;
        if (used == null || busy || closed) {
            return; // what is under way will tell
        }
        busy = true;
        used.query("select 1")
                .execute()
                .timeout(DOUBT_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .onComplete(
                        answer -> {
                            if (connection == used) {
                                busy = false;
                                onFree.run();
                            }
                        },
                        e -> drop(used));
    }

    private static Answer answer(Row row) {
        String[] ids = row.getArrayOfStrings(2);
        if (ids == null) {
            return new Answer(row.getLong(0), row.getLong(1), Map.of());
        }
        Long[] positions = row.getArrayOfLongs(3);
        Map<String, Long> duplicates = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            duplicates.put(ids[i], positions[i]);
        }
        return new Answer(0, 0, duplicates);
    }

    /**
     * Whether the connection can go on: not if Postgres did not answer on it, as when it broke, and before that is told otherwise, or
     * what waits would be sent there. After a failover the old primary answers 25006 (read-only) and a stopping one 57P0x: both mean
     * that this connection is done, too.
     */
    private void closeIfUnfit(PgConnection used, Throwable cause) {
        String sqlState = cause instanceof PgException e && e.getSqlState() != null ? e.getSqlState() : "";
        boolean isFit = cause instanceof PgException && !sqlState.equals("25006") && !sqlState.startsWith("57P");
        if (!isFit) {
            drop(used);
        }
    }

    private void drop(PgConnection used) {
        if (connection == used) {
            single.abandon();
        }
        lost(used);
    }

    Context context() {
        return context;
    }

    Future<Void> close() {
        closed = true;
        return single.close();
    }
}
