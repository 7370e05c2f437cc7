package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/** One measured run of bulk inserts, each connection with one statement in flight. */
final class BulkRun {

    private static final Duration SETUP_MAX = Duration.ofSeconds(20);
    private static final int TAGS = 100;
    private static final String TABLE = "eventsync_loadtest_bulk";

    private static final String DROP = "drop table if exists " + TABLE;
    private static final String CREATE = "create table " + TABLE
            + " (position bigint primary key, id text not null, tag text not null, payload bytea not null,"
            + " ingest_time timestamptz not null default now())";
    private static final String INSERT = "insert into " + TABLE + " (position, id, tag, payload)"
            + " select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[])";

    private final Vertx vertx;
    private final PgConnectOptions database;
    private final int rows;
    private final int connections;
    private final int size;
    private final Buffer payload;
    private final String[] tagNames;
    private final Tally tally = new Tally();
    private volatile Window window = Window.after(Duration.ZERO, Duration.ZERO);
    private long nextPosition = 1;

    BulkRun(Vertx vertx, PgConnectOptions database, int rows, int connections, int size) {
        this.vertx = vertx;
        this.database = new PgConnectOptions(database).setCachePreparedStatements(true);
        this.rows = rows;
        this.connections = connections;
        this.size = size;
        this.payload = Buffer.buffer(EventTemplate.payload(size, 1));
        this.tagNames = IntStream.range(0, TAGS).mapToObj(EventTemplate::tag).toArray(String[]::new);
    }

    void stop() {
        window.stopNow();
    }

    /** Blocks for the run. */
    Map<String, Object> measure(Duration warmup, Duration duration) {
        PgConnection admin = Edge.await(PgConnection.connect(vertx, database), SETUP_MAX);
        Edge.awaitDone(
                admin.query(DROP)
                        .execute()
                        .compose(dropped -> admin.query(CREATE).execute()),
                SETUP_MAX);
        try {
            window = Window.after(warmup, duration);
            List<Future<Void>> loops = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                loops.add(PgConnection.connect(vertx, database)
                        .compose(connection -> connection
                                .prepare(INSERT)
                                .compose(statement -> insert(statement.query()))
                                .eventually(connection::close)));
            }
            Edge.awaitDone(Future.join(loops), warmup.plus(duration).plus(SETUP_MAX));
        } finally {
            Edge.awaitDone(admin.query(DROP).execute(), SETUP_MAX);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", "bulk");
        result.put("database", database.getHost() + ":" + database.getPort() + "/" + database.getDatabase());
        result.put("rows", rows);
        result.put("in_flight", connections);
        result.put("size", size);
        result.put("warmup_s", warmup.toMillis() / 1e3);
        result.put("duration_s", duration.toMillis() / 1e3);
        tally.describe(window.seconds(), result);
        return result;
    }

    /** The one event loop of this Vertx runs all connections, so the counters need no lock. */
    private Future<Void> insert(PreparedQuery<RowSet<Row>> statement) {
        long sent = System.nanoTime();
        return statement.execute(tuple()).compose(inserted -> {
            long now = System.nanoTime();
            if (window.holds(now)) {
                tally.succeeded(rows, now - sent);
            }
            return window.isOver(now) ? Future.succeededFuture() : insert(statement);
        });
    }

    private Tuple tuple() {
        Long[] positions = new Long[rows];
        String[] ids = new String[rows];
        String[] tags = new String[rows];
        Buffer[] payloads = new io.vertx.core.buffer.Buffer[rows];
        Arrays.fill(payloads, payload);
        for (int i = 0; i < rows; i++) {
            positions[i] = nextPosition++;
            ids[i] = new UUID(0x1234_5678_9abcL, positions[i]).toString();
            tags[i] = tagNames[(int) (positions[i] % TAGS)];
        }
        return Tuple.of(positions, ids, tags, payloads);
    }
}
