package io.eventsync.server.event;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.history.HistoryChecker;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.Property;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.loadtest.history.ReaderRecorder;
import io.eventsync.loadtest.history.Violation;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The negative control: what everybody builds first, a sequence and a reader that asks for what is greater. If the checker ever finds
 * nothing wrong with it, then it is the checker that is broken.
 */
@Timeout(60)
class NaiveReaderIT {
    private static final int WRITERS = 8;
    private static final int EVENTS_PER_WRITER = 250;

    @Test
    void R2_naiveReaderIsCaughtLosingEvents() {
        long seed = System.nanoTime();
        System.out.println("NaiveReaderIT seed=" + seed);
        PgConnectOptions database = TestPostgres.freshDatabase();
        HistoryRecorder history = new HistoryRecorder();
        ReaderRecorder reader = history.reader("naive", ReaderFilter.prefixes("T"));
        AtomicBoolean written = new AtomicBoolean();
        try (TestSql sql = new TestSql()) {
            sql.execute(database, "create table naive (id bigserial primary key, name text not null)");

            List<Future<Void>> writers = new ArrayList<>();
            for (int w = 0; w < WRITERS; w++) {
                int writer = w;
                Random random = new Random(seed + w);
                writers.add(sql.begin(database, connection -> write(connection, writer, 0, random)));
            }
            reader.opened(0);
            Future<Void> read = sql.begin(database, connection -> {
                Promise<Void> done = Promise.promise();
                read(connection, reader, 0, written, done);
                return done.future();
            });
            writers.forEach(TestSql::done);
            written.set(true);
            done(read);

            sql.query(database, "select id || ' ' || name from naive").forEach(row -> {
                String[] parts = row.split(" ", -1);
                history.logged(Long.parseLong(parts[0]), parts[1], "T");
            });
        }

        List<Violation> violations = HistoryChecker.check(history.history());
        assertThat(violations)
                .extracting(Violation::property)
                .contains(Property.RELIABLE)
                .doesNotContain(Property.DURABLE, Property.ORDERED, Property.FILTER);
    }

    /** Takes a number, then holds the transaction open for a moment, as any real one does. */
    private static Future<Void> write(PgConnection connection, int writer, int number, Random random) {
        if (number == EVENTS_PER_WRITER) {
            return Future.succeededFuture();
        }
        String insert = "begin; insert into naive (name) values ('" + writer + "-" + number + "'); select pg_sleep("
                + random.nextInt(5) / 1_000.0 + "); commit";
        return connection.query(insert).execute().compose(v -> write(connection, writer, number + 1, random));
    }

    private static void read(
            PgConnection connection, ReaderRecorder reader, long cursor, AtomicBoolean written, Promise<Void> done) {
        boolean last = written.get();
        connection
                .query("select id, name from naive where id > " + cursor + " order by id limit 100")
                .execute()
                .onComplete(
                        rows -> {
                            long reached = cursor;
                            for (Row row : rows) {
                                reached = row.getLong(0);
                                reader.event(reached, row.getString(1), "T");
                            }
                            reader.cursor(reached);
                            if (last && rows.size() == 0) {
                                done.complete();
                            } else {
                                read(connection, reader, reached, written, done);
                            }
                        },
                        done::fail);
    }
}
