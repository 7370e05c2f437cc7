package io.eventsync.server.compat;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** SQL of how far file events were processed, and when. */
final class ProcessedStore {
    static final String THROUGH = "select coalesce(max(position), 0) from eventsync.file_event_processed";
    /** Of two nodes at once, one writes; the other sees what it wrote. */
    static final String LOCK = "select pg_advisory_xact_lock(7205758210221005)";
    /** Only ever further: a mark below another would change when the events before it were processed. */
    static final String MARK = """
            insert into eventsync.file_event_processed (position)
            select $1::bigint where not exists (select 1 from eventsync.file_event_processed where position >= $1)
            """;

    static final String TIMES = """
            select (select m.at from eventsync.file_event_processed m where m.position >= p.position order by m.position limit 1)
            from unnest($1::bigint[]) with ordinality as p (position, n) order by p.n
            """;
    /** What is older than the newest is needed only to tell when; that may be forgotten, all but the newest. */
    static final String FORGET = """
            delete from eventsync.file_event_processed
            where at < clock_timestamp() - interval '90 days' and position < (select max(position) from eventsync.file_event_processed)
            """;

    private final Pool pool;

    ProcessedStore(Pool pool) {
        this.pool = pool;
    }

    Future<Long> through() {
        return pool.preparedQuery(THROUGH)
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<Void> mark(long position) {
        return pool.withTransaction(client -> client.preparedQuery(LOCK)
                .execute()
                .compose(v -> client.preparedQuery(MARK).execute(Tuple.of(position)))
                .mapEmpty());
    }

    Future<Void> forget() {
        return pool.preparedQuery(FORGET).execute().mapEmpty();
    }

    /** When each of these was processed, in their order. */
    Future<List<Optional<Instant>>> times(List<Long> positions) {
        Tuple row = Tuple.tuple().addArrayOfLong(positions.toArray(Long[]::new));
        return pool.preparedQuery(TIMES).execute(row).map(rows -> {
            List<Optional<Instant>> times = new ArrayList<>();
            for (Row one : rows) {
                times.add(Optional.ofNullable(one.getOffsetDateTime(0)).map(OffsetDateTime::toInstant));
            }
            return times;
        });
    }
}
