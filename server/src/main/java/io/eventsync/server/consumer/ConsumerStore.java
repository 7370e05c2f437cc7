package io.eventsync.server.consumer;

import io.eventsync.server.event.LogPoint;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** SQL of the consumers. */
final class ConsumerStore {
    private static final String COLUMNS = """
            name, filter, pos, fingerprint, version, (extract(epoch from created_at) * 1000000)::bigint,
            (extract(epoch from moved_at) * 1000000)::bigint
            """;

    static final String INSERT =
            "insert into eventsync.consumer (name, filter, pos, fingerprint) values ($1, $2, $3, $4)"
                    + " on conflict do nothing returning " + COLUMNS;
    static final String GET = "select " + COLUMNS + " from eventsync.consumer where name = $1";
    static final String LIST = "select " + COLUMNS + " from eventsync.consumer where name > $1 order by name limit $2";
    static final String COUNT = "select count(*) from eventsync.consumer";
    static final String DELETE = "delete from eventsync.consumer where name = $1 and ($2 = 0 or version = $2)";
    static final String COMMIT =
            "update eventsync.consumer set pos = $2, fingerprint = $3, version = version + 1, moved_at = now()"
                    + " where name = $1 and pos <= $2 returning " + COLUMNS;
    static final String SEEK =
            "update eventsync.consumer set pos = $2, fingerprint = $3, version = version + 1, moved_at = now()"
                    + " where name = $1 returning " + COLUMNS;

    private final Pool pool;

    ConsumerStore(Pool pool) {
        this.pool = pool;
    }

    /** Answers nothing if the name is taken. */
    Future<Optional<Consumer>> insert(String name, byte[] filter, LogPoint point) {
        return one(INSERT, Tuple.of(name, Buffer.buffer(filter), point.position(), point.fingerprint()));
    }

    Future<Optional<Consumer>> get(String name) {
        return one(GET, Tuple.of(name));
    }

    /** In the order of the names, those after {@code after}. */
    Future<List<Consumer>> list(String after, int max) {
        return pool.preparedQuery(LIST).execute(Tuple.of(after, max)).map(ConsumerStore::consumers);
    }

    Future<Long> count() {
        return pool.preparedQuery(COUNT)
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /**
     * @param version 0 for any
     * @return whether a row went
     */
    Future<Boolean> delete(String name, long version) {
        return pool.preparedQuery(DELETE).execute(Tuple.of(name, version)).map(rows -> rows.rowCount() > 0);
    }

    /** Answers nothing if there is no such consumer or it is further on. */
    Future<Optional<Consumer>> commit(String name, LogPoint point) {
        return one(COMMIT, Tuple.of(name, point.position(), point.fingerprint()));
    }

    Future<Optional<Consumer>> seek(String name, LogPoint point) {
        return one(SEEK, Tuple.of(name, point.position(), point.fingerprint()));
    }

    private Future<Optional<Consumer>> one(String sql, Tuple arguments) {
        return pool.preparedQuery(sql)
                .execute(arguments)
                .map(rows -> consumers(rows).stream().findFirst());
    }

    private static List<Consumer> consumers(RowSet<Row> rows) {
        List<Consumer> consumers = new ArrayList<>(rows.size());
        for (Row row : rows) {
            consumers.add(new Consumer(
                    row.getString(0),
                    row.getBuffer(1).getBytes(),
                    new LogPoint(row.getLong(2), row.getInteger(3)),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6)));
        }
        return consumers;
    }
}
