package io.eventsync.server.event;

import io.eventsync.server.postgres.Partitions;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** SQL of what keeps the log in shape: partitions ahead, the index behind, marks and old partitions away. */
final class UpkeepStore {
    static final String ENSURE_PARTITIONS = "select eventsync.ensure_partitions($1, $2)";
    static final String COVERED = "select coalesce(max(to_pos), 0) from eventsync.partition";
    static final String INDEX_BLOCK = "select indexed_through, id_millis from eventsync.index_block($1)";
    /** The newest marks stay: the newest of all is the durable head. */
    static final String TRIM_MARKS =
            "delete from eventsync.mark where pos < (select m.pos - 100000 from eventsync.mark m order by m.pos desc limit 1)";

    static final String PARTITIONS = """
            select p.from_pos, p.to_pos,
              (pg_total_relation_size(format('eventsync.event_%s', p.from_pos)::regclass)
                + pg_total_relation_size(format('eventsync.event_key_%s', p.from_pos)::regclass)
                + pg_total_relation_size(format('eventsync.tag_block_%s', p.from_pos)::regclass)
                + pg_total_relation_size(format('eventsync.id_block_%s', p.from_pos)::regclass))::bigint,
              (select e.at from eventsync.event e where e.pos = p.to_pos)
            from eventsync.partition p where not p.dropping order by p.from_pos
            """;

    static final String EXPIRE = "select eventsync.expire_partition($1)";
    static final String DROPPING = "select from_pos from eventsync.partition where dropping order by from_pos";
    static final String FORGET = "delete from eventsync.partition where from_pos = $1 and dropping";
    static final String BYTES = """
            select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
            from pg_class c where c.relnamespace = 'eventsync'::regnamespace and c.relkind = 'r'
            """;

    static final String NOW = "select (extract(epoch from clock_timestamp()) * 1000000)::bigint";

    private final Pool pool;
    private final Partitions partitions;

    UpkeepStore(Pool pool) {
        this.pool = pool;
        this.partitions = new Partitions(pool);
    }

    /** @param newestMicros ingest time of its last event, null while it is not full */
    record Partition(
            long from, long to, long bytes, @Nullable Long newestMicros) {}

    Future<Long> ensurePartitions(long through, long size) {
        return pool.preparedQuery(ENSURE_PARTITIONS)
                .execute(Tuple.of(through, size))
                .compose(v -> pool.preparedQuery(COVERED).execute())
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** How far the index reaches, and the newest time in any UUIDv7 among its ids. */
    record Indexed(long through, long idMillis) {}

    /** Answers what is new, or nothing if there was nothing to do here; see {@link IndexPace} for the pause. */
    Future<Optional<Indexed>> indexBlock(double pauseMillis) {
        return pool.preparedQuery(INDEX_BLOCK).execute(Tuple.of(pauseMillis)).map(rows -> {
            Row row = rows.iterator().next();
            Long through = row.getLong(0);
            return through == null ? Optional.empty() : Optional.of(new Indexed(through, row.getLong(1)));
        });
    }

    Future<Void> trimMarks() {
        return pool.query(TRIM_MARKS).execute().mapEmpty();
    }

    Future<List<Partition>> partitions() {
        return pool.preparedQuery(PARTITIONS).execute().map(rows -> {
            List<Partition> partitions = new ArrayList<>();
            rows.forEach(row ->
                    partitions.add(new Partition(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3))));
            return partitions;
        });
    }

    /** Space that the log and its indexes take. */
    Future<Long> bytes() {
        return pool.preparedQuery(BYTES)
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<Long> nowMicros() {
        return pool.preparedQuery(NOW)
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** Moves the earliest position past this partition; answers it, or nothing if the partition may not go yet. */
    Future<@Nullable Long> expire(long fromPosition) {
        return pool.preparedQuery(EXPIRE)
                .execute(Tuple.of(fromPosition))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<List<Long>> dropping() {
        return pool.preparedQuery(DROPPING).execute().map(rows -> {
            List<Long> from = new ArrayList<>();
            rows.forEach(row -> from.add(row.getLong(0)));
            return from;
        });
    }

    /** Takes an expired partition away, which may be repeated. Answers false if another node is at it. */
    Future<Boolean> drop(long fromPosition) {
        return partitions
                .drop(Stream.of("event", "event_key", "tag_block", "id_block")
                        .map(table -> new Partitions.Partition(
                                "eventsync." + table, "eventsync." + table + "_" + fromPosition))
                        .toList())
                .compose(dropped -> dropped
                        ? pool.preparedQuery(FORGET)
                                .execute(Tuple.of(fromPosition))
                                .map(true)
                        : Future.succeededFuture(false));
    }
}
