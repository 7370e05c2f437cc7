package io.eventsync.client.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.v1.Event;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcSeenStoreTest {
    private final JdbcDataSource database = new JdbcDataSource();
    private final JdbcSeenStore store = new JdbcSeenStore(database, Runnable::run);
    private Connection connection;

    @BeforeEach
    void create() throws SQLException {
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        connection = database.getConnection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table webhook_seen (endpoint varchar(200) not null, webhook_id varchar(200) not null,"
                            + " seen_at timestamp not null, primary key (endpoint, webhook_id))");
            statement.execute(
                    "create table webhook_place (endpoint varchar(200) not null primary key, place varchar(512) not null)");
            statement.execute("create table work (done int)");
        }
        connection.commit();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void eventIsClaimedOnce_withItsWork() throws SQLException {
        assertThat(store.claim(connection, event("1", "at-1", ""))).isTrue();
        work();
        connection.commit();

        assertThat(store.claim(connection, event("1", "at-1", ""))).isFalse();
        work(); // the transaction goes on after the refused row
        connection.commit();

        assertThat(done()).isEqualTo(2);
        assertThat(store.isSeen("orders", "evt_1").result()).isTrue();
        assertThat(store.isSeen("others", "evt_1").result()).isFalse();
        assertThat(store.cursor("orders").result()).contains("at-1");
    }

    @Test
    void threadsThatRefuse_andAreOverwhelmed_areFailures() {
        JdbcSeenStore refused = new JdbcSeenStore(database, task -> {
            throw new RejectedExecutionException("full");
        });
        assertThat(refused.isSeen("orders", "evt_1").cause()).hasMessage("full");

        DataSource broken = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    throw new StackOverflowError();
                });
        assertThat(new JdbcSeenStore(broken, Runnable::run)
                        .isSeen("orders", "evt_1")
                        .cause())
                .isInstanceOf(StackOverflowError.class);
    }

    @Test
    void claimGoesWithItsTransaction() throws SQLException {
        assertThat(store.claim(connection, event("1", "at-1", ""))).isTrue();
        work();
        connection.rollback();

        assertThat(store.isSeen("orders", "evt_1").result()).isFalse();
        assertThat(store.cursor("orders").result()).isEmpty();
        assertThat(done()).isZero();
    }

    @Test
    void addRemembers_whatTheHandlerDidNotClaim() {
        assertThat(store.add(event("1", "at-1", "")).succeeded()).isTrue();
        assertThat(store.add(event("1", "at-1", "")).succeeded()).isTrue();

        assertThat(store.isSeen("orders", "evt_1").result()).isTrue();
    }

    @Test
    void cursorStays_onReplaysAndTests() {
        Future<Void> moved = store.move("orders", "far")
                .compose(done -> store.add(event("2", "at-2", "replay-1")))
                .compose(done -> store.add(event("3", "", "")));

        assertThat(moved.succeeded()).isTrue();
        assertThat(store.cursor("orders").result()).contains("far");
    }

    private void work() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("insert into work values (1)");
        }
    }

    private int done() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from work")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static ReceivedEvent event(String id, String cursor, String replay) {
        return new ReceivedEvent("evt_" + id, Event.getDefaultInstance(), cursor, "orders", 1, replay, false);
    }
}
