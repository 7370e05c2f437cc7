package io.eventsync.client.webhook;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.sql.DataSource;

/**
 * In two tables of the receiver's database, in the transaction of what an event does: so each event takes effect once, whatever breaks.
 *
 * <pre>{@code
 * create table webhook_seen (
 *     endpoint varchar(200) not null, webhook_id varchar(200) not null, seen_at timestamp not null, primary key (endpoint, webhook_id));
 * create table webhook_place (endpoint varchar(200) not null primary key, place varchar(512) not null);
 * }</pre>
 *
 * <p>The handler calls {@link #claim} in its transaction and does nothing if it answers false. Delete rows of {@code webhook_seen} that are older
 * than your dead letters are kept.
 */
public final class JdbcSeenStore implements SeenStore {
    private final DataSource database;
    private final Executor threads;
    private final InstantSource clock;

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** @param threads for what the receiver asks the database itself: not an event loop */
    public JdbcSeenStore(DataSource database, Executor threads) {
        this(database, threads, Clock.systemUTC());
    }

    JdbcSeenStore(DataSource database, Executor threads, InstantSource clock) {
        this.database = database;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * Notes in the caller's transaction that the event is handled.
     *
     * @param connection with auto-commit off
     * @return false if it was handled before: then do nothing for it
     */
    public boolean claim(Connection connection, ReceivedEvent event) throws SQLException {
        boolean isNew = insert(
                connection,
                "insert into webhook_seen (endpoint, webhook_id, seen_at) values (?, ?, ?)",
                event.endpoint(),
                event.webhookId(),
                Timestamp.from(Instant.ofEpochMilli(clock.millis())));
        if (isNew && !event.cursor().isEmpty() && event.replay().isEmpty()) {
            place(connection, event.endpoint(), event.cursor());
        }
        return isNew;
    }

    @Override
    public Future<Optional<String>> cursor(String endpoint) {
        return onThread(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select place from webhook_place where endpoint = ?")) {
                query.setString(1, endpoint);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public Future<Boolean> isSeen(String endpoint, String webhookId) {
        return onThread(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select 1 from webhook_seen where endpoint = ? and webhook_id = ?")) {
                query.setString(1, endpoint);
                query.setString(2, webhookId);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next();
                }
            }
        });
    }

    /** For handlers that claimed the event there is nothing left to do. */
    @Override
    public Future<Void> add(ReceivedEvent event) {
        return onThread(connection -> claim(connection, event)).mapEmpty();
    }

    @Override
    public Future<Void> move(String endpoint, String cursor) {
        return this.<Boolean>onThread(connection -> {
                    place(connection, endpoint, cursor);
                    return true;
                })
                .mapEmpty();
    }

    private static void place(Connection connection, String endpoint, String cursor) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update webhook_place set place = ? where endpoint = ?")) {
            update.setString(1, cursor);
            update.setString(2, endpoint);
            if (update.executeUpdate() > 0) {
                return;
            }
        }
        if (!insert(connection, "insert into webhook_place (endpoint, place) values (?, ?)", endpoint, cursor)) {
            place(connection, endpoint, cursor); // somebody else was first
        }
    }

    /** False if the row is there. With a savepoint, as some databases give up a transaction in which anything failed. */
    private static boolean insert(Connection connection, String statement, Object... values) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement insert = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                insert.setObject(i + 1, values[i]);
            }
            insert.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (e.getSQLState() == null || !e.getSQLState().startsWith("23")) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    private <T> Future<T> onThread(Work<T> work) {
        Promise<T> promise = Promise.promise();
        try {
            threads.execute(() -> {
                try (Connection connection = database.getConnection()) {
                    connection.setAutoCommit(false);
                    T result = work.on(connection);
                    connection.commit();
                    promise.complete(result);
                } catch (Throwable e) { // an Error too: somebody waits for the answer
                    promise.tryFail(e);
                }
            });
        } catch (RejectedExecutionException e) {
            promise.fail(e);
        }
        return promise.future();
    }
}
