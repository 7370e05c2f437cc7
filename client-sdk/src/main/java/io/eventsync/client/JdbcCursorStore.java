package io.eventsync.client;

import io.eventsync.client.internal.CanIgnoreReturnValue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ConcurrentModificationException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Cursors in a table of your database, by plain SQL that every database understands. Make the table with {@link #DDL} first.
 *
 * <p>What makes it more than the other stores: {@link #save(Connection, String, Page)} takes part in a transaction of yours. What the events
 * did and the cursor after them are then stored together or not at all, so that every event takes effect exactly once, whatever dies when.
 */
public final class JdbcCursorStore implements CursorStore {
    /** The table. Nothing else is read or written. */
    public static final String DDL =
            "create table eventsync_cursor (name varchar(64) not null primary key, cursor_text varchar(600) not null)";

    private static final String LOAD = "select cursor_text from eventsync_cursor where name = ?";
    private static final String INSERT = "insert into eventsync_cursor (name, cursor_text) values (?, ?)";
    private static final String UPDATE = "update eventsync_cursor set cursor_text = ? where name = ?";
    private static final String MOVE = UPDATE + " and cursor_text = ?";

    private final DataSource database;

    JdbcCursorStore(DataSource database) {
        this.database = database;
    }

    @Override
    public Optional<String> load(String name) {
        try (Connection connection = database.getConnection()) {
            return load(connection, name);
        } catch (SQLException e) {
            throw new IllegalStateException("cursor " + name + " was not loaded", e);
        }
    }

    /** In a transaction of its own. */
    @Override
    public void save(String name, String cursor) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            save(connection, name, cursor);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException("cursor " + name + " was not saved", e);
        }
    }

    /** In the caller's transaction, which commits or rolls it back. */
    public void save(Connection transaction, String name, String cursor) throws SQLException {
        // Some drivers count changed rows, not found ones: no change is no proof that the row is not there.
        if (run(transaction, UPDATE, cursor, name) == 0
                && load(transaction, name).isEmpty()) {
            insert(transaction, name, cursor);
        }
    }

    /**
     * In the caller's transaction, and only if the reader before this page is the one that saved last: of two readers under one name, one
     * gets no further.
     *
     * @throws ConcurrentModificationException if another reader has moved this cursor; roll back and stop
     */
    public void save(Connection transaction, String name, Page page) throws SQLException {
        if (page.from().isEmpty()) {
            insert(transaction, name, page.cursor());
        } else if (run(transaction, MOVE, page.cursor(), name, page.from()) == 0) {
            throw new ConcurrentModificationException("cursor " + name + " was moved by another reader");
        }
    }

    private static Optional<String> load(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOAD)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }

    private static void insert(Connection connection, String name, String cursor) throws SQLException {
        run(connection, INSERT, name, cursor);
    }

    @CanIgnoreReturnValue
    private static int run(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
