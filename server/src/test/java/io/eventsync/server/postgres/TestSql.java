package io.eventsync.server.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Statements on a database from a test's own thread, which may block. */
public final class TestSql implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    private final Vertx vertx = Vertx.vertx();

    /** The first column of every row, as text. */
    public List<String> query(PgConnectOptions database, String sql) {
        return on(
                database,
                connection -> connection
                        .query(sql)
                        .execute()
                        .map(rows -> rows.stream().map(TestSql::firstColumn).toList()));
    }

    /** Statements whose result does not matter. */
    public void execute(PgConnectOptions database, String statements) {
        on(database, connection -> connection.query(statements).execute().<Void>mapEmpty());
    }

    public <T> T on(PgConnectOptions database, Function<PgConnection, Future<T>> work) {
        return await(begin(database, work));
    }

    public <T> Future<T> begin(PgConnectOptions database, Function<PgConnection, Future<T>> work) {
        return PgConnection.connect(vertx, database)
                .compose(connection -> work.apply(connection).eventually(connection::close));
    }

    /** A connection that the caller closes. */
    public PgConnection connect(PgConnectOptions database) {
        return await(PgConnection.connect(vertx, database));
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Awaits what has no result that matters. */
    public static void done(Future<?> future) {
        Object unused = await(future);
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    private static String firstColumn(Row row) {
        return row.size() == 0 ? "" : String.valueOf(row.getValue(0));
    }
}
