package io.eventsync.client;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** Pages, cursors in a database, named consumers. */
@Timeout(90)
class SyncIT {
    private final TestServer server = TestServer.start();
    private final EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + server.port());

    private int booked;

    @AfterEach
    void close() {
        done(client.close());
        server.close();
    }

    /** Who asks on a context has state there. */
    @Test
    void failure_comesOnTheContextThatAsked_whicheverThreadItHappensOn() {
        Executor elsewhere = CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS);
        Vertx vertx = Vertx.vertx();
        Context context = vertx.getOrCreateContext();
        EventSyncClient ours = EventSyncClient.connect(ClientOptions.to("127.0.0.1:" + server.port())
                .vertx(vertx)
                .tokens(() -> Future.fromCompletionStage(CompletableFuture.supplyAsync(
                        () -> {
                            throw new IllegalStateException("no token");
                        },
                        elsewhere))));
        Promise<Context> answered = Promise.promise();

        context.runOnContext(v -> ours.events()
                .sync(SyncRequest.getDefaultInstance())
                .transform(page -> Future.succeededFuture(Vertx.currentContext()))
                .onComplete(answered));

        assertThat(await(answered.future())).isSameAs(context);
        done(ours.close());
        done(vertx.close());
    }

    /** A job that dies before every third commit adds up every event once. */
    @Test
    void jdbcCursor_makesEffectsExactlyOnce() throws Exception {
        ingest(1_000);
        PGSimpleDataSource database = dataSource(TestPostgres.freshTcpDatabase());
        run(database, JdbcCursorStore.DDL);
        run(database, "create table total (orders bigint not null)");
        run(database, "insert into total values (0)");

        int deaths = 0;
        while (total(database) < 1_000) {
            try {
                count(database, deaths);
            } catch (IllegalStateException died) {
                deaths++;
            }
        }

        assertThat(total(database)).isEqualTo(1_000);
        assertThat(deaths).isGreaterThan(3);
        ingest(1_050);
        example(database);
        assertThat(booked).isEqualTo(50);
    }

    private void count(DataSource database, int deaths) throws SQLException {
        JdbcCursorStore store = CursorStore.jdbc(database);
        int pagesRead = 0;
        try (SyncLoop pages = client.sync(
                        ReadOptions.tags("ORDER").loadCursor(store, "orders").untilLevel());
                Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (Page page : pages) {
                add(connection, page.events().size());
                store.save(connection, "orders", page);
                if (++pagesRead == 3 && deaths < 5) {
                    throw new IllegalStateException("dead before the commit");
                }
                connection.commit();
            }
        }
    }

    private void example(DataSource database) throws SQLException {
        // example: jdbc-cursor
        JdbcCursorStore store = CursorStore.jdbc(database);
        try (SyncLoop pages = client.sync(
                        ReadOptions.tags("ORDER").loadCursor(store, "orders").untilLevel());
                Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (Page page : pages) {
                book(connection, page.events());
                store.save(connection, "orders", page);
                connection.commit();
            }
        }
        // end
    }

    private void book(Connection connection, List<Event> events) throws SQLException {
        assertThat(connection.getAutoCommit()).isFalse();
        booked += events.size();
    }

    @Test
    void untilLevel_ends_andTheNextRunGoesOn() {
        CursorStore store = CursorStore.memory();
        ReadOptions job = ReadOptions.all().keepCursor(store, "job").untilLevel();
        ingest(250);

        assertThat(read(job)).isEqualTo(250);
        assertThat(read(job)).isZero();
        ingest(300);
        assertThat(read(job)).isEqualTo(50);
    }

    @Test
    void consumer_keepsTheCursor() {
        ingest(250);
        ReadOptions options = ReadOptions.all()
                .keepCursor(CursorStore.consumers(client), "billing")
                .batchMax(50);
        try (EventIterator events = client.subscribe(options).blocking()) {
            for (int i = 0; i < 101; i++) {
                Event unused = events.next();
            }
        }

        NamedConsumer billing = client.consumer("billing");
        assertThat(await(billing.lag())).isEqualTo(150);
        try (EventIterator events = client.subscribe(options).blocking()) {
            assertThat(events.next().getPosition()).isEqualTo(101);
        }
        done(billing.seek(Start.newBuilder().setAfterPosition(7).build()));
        assertThat(await(billing.get()).getPosition()).isEqualTo(7);
        try (EventIterator events =
                client.subscribe(ReadOptions.all().fromConsumer("billing")).blocking()) {
            assertThat(events.next().getPosition()).isEqualTo(8);
        }
        done(billing.delete());
        assertThatThrownBy(() -> await(billing.get())).isInstanceOf(EventSyncException.class);
    }

    private int read(ReadOptions options) {
        int events = 0;
        try (SyncLoop pages = client.sync(options)) {
            for (Page page : pages) {
                events += page.events().size();
            }
        }
        return events;
    }

    private void ingest(int upTo) {
        for (int from = 0; from < upTo; from += 50) {
            IngestBatchRequest.Builder batch = IngestBatchRequest.newBuilder();
            IntStream.range(from, from + 50)
                    .forEach(i -> batch.addEvents(Event.newBuilder()
                            .setTag("ORDER.PAID")
                            .setId("o" + i)
                            .setJson("{}")));
            done(client.events().ingestBatch(batch.build()));
        }
    }

    private static PGSimpleDataSource dataSource(PgConnectOptions at) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setServerNames(new String[] {at.getHost()});
        database.setPortNumbers(new int[] {at.getPort()});
        database.setUser(at.getUser());
        database.setPassword(at.getPassword());
        database.setDatabaseName(at.getDatabase());
        return database;
    }

    private static void add(Connection connection, int orders) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("update total set orders = orders + " + orders);
        }
    }

    private static void run(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long total(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select orders from total")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
