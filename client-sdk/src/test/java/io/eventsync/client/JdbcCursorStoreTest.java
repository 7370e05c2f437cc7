package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.v1.Event;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcCursorStoreTest implements CursorStoreTest {
    private final JdbcDataSource database = new JdbcDataSource();
    private final JdbcCursorStore store = CursorStore.jdbc(database);

    @BeforeEach
    void createTable() throws SQLException {
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(JdbcCursorStore.DDL);
        }
    }

    @Override
    public CursorStore store() {
        return store;
    }

    @Test
    void save_isTheTransactionsOwn() throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            store.save(connection, "r", "A");
            connection.rollback();
            assertThat(store.load("r")).isEmpty();

            store.save(connection, "r", "A");
            connection.commit();
            store.save(connection, "r", "B");
            connection.rollback();
        }
        assertThat(store.load("r")).contains("A");
    }

    @Test
    void page_isRefused_whenAnotherReaderWasFaster() throws SQLException {
        try (Connection connection = database.getConnection()) {
            store.save(connection, "r", page("", "A"));
            store.save(connection, "r", page("A", "B"));

            assertThatThrownBy(() -> store.save(connection, "r", page("A", "C")))
                    .isInstanceOf(ConcurrentModificationException.class);
            assertThatThrownBy(() -> store.save(connection, "r", page("", "C"))).isInstanceOf(SQLException.class);
        }
        assertThat(store.load("r")).contains("B");
    }

    @Test
    void missingTable_isNamed() throws SQLException {
        database.setURL("jdbc:h2:mem:empty");

        assertThatThrownBy(() -> store.load("r")).hasMessageContaining("cursor r was not loaded");
        assertThatThrownBy(() -> store.save("r", "A")).hasMessageContaining("cursor r was not saved");
    }

    private static Page page(String from, String cursor) {
        return new Page(List.of(Event.getDefaultInstance()), from, cursor);
    }
}
