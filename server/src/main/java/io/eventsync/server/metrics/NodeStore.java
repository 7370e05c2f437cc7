package io.eventsync.server.metrics;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/** SQL for what only the database knows. Everything is bounded: names by the worst {@value #NAMES_MAX}, counts by {@value #COUNT_MAX}. */
final class NodeStore {
    static final int NAMES_MAX = 50;
    static final int COUNT_MAX = 100_000;
    static final int COUNT_EACH_MAX = 100;

    static final String CONSUMERS = """
            select c.name, greatest(0, h.pos - c.pos)
            from eventsync.consumer c, (select coalesce(max(pos), 0) as pos from eventsync.mark) h
            order by 2 desc, 1 limit %d
            """.formatted(NAMES_MAX);

    static final String ENDPOINTS = """
            select e.name, greatest(0, h.pos - r.pos)
            from eventsync.endpoint_run r join eventsync.endpoint e using (endpoint_id),
              (select coalesce(max(pos), 0) as pos from eventsync.mark) h
            order by 2 desc, 1 limit %d
            """.formatted(NAMES_MAX);

    static final String FAILING = """
            select e.name, extract(epoch from clock_timestamp() - r.failing_since)::double precision
            from eventsync.endpoint_run r join eventsync.endpoint e using (endpoint_id)
            where r.failing_since is not null and r.state in ('ACTIVE', 'BLOCKED')
            order by 2 desc, 1 limit %d
            """.formatted(NAMES_MAX);

    static final String STATES = """
            select state, count(*), count(*) filter (where breaker <> 'CLOSED') from eventsync.endpoint_run group by state
            """;

    /**
     * Late is what could be sent and whose endpoint has been left alone since; what waits for a breaker, a pause or its turn is not. In the order of
     * the key, or the planner reads the whole table for each endpoint where one has all that waits.
     */
    static final String BACKLOG = """
            select (select count(*) from (select 1 from eventsync.delivery limit %1$d) d),
              (select count(*) from (select 1 from eventsync.dead_letter limit %1$d) l),
              (select greatest(0, extract(epoch from clock_timestamp()
                 - min(greatest(d.due_at, r.last_success_at, r.last_failure_at, r.state_at, r.paused_until))))
               from eventsync.endpoint_run r
               cross join lateral (select min(w.due_at) as due_at
                 from (select due_at from eventsync.delivery where endpoint_id = r.endpoint_id order by pos limit %2$d) w) d
               where r.state = 'ACTIVE' and r.breaker = 'CLOSED' and d.due_at is not null)::double precision,
              pg_database_size(current_database()),
              (select count(*) from pg_stat_activity where datname = current_database())
            """.formatted(COUNT_MAX, COUNT_EACH_MAX);

    private final Pool pool;

    NodeStore(Pool pool) {
        this.pool = pool;
    }

    record Lag(String name, long events) {}

    record Failing(String name, double seconds) {}

    record EndpointStates(String state, long endpoints, long breakersOpen) {}

    record Backlog(long waiting, long deadLetters, double oldestDueSeconds, long databaseBytes, long connections) {}

    Future<List<Lag>> consumers() {
        return rows(CONSUMERS, row -> new Lag(row.getString(0), row.getLong(1)));
    }

    Future<List<Lag>> endpoints() {
        return rows(ENDPOINTS, row -> new Lag(row.getString(0), row.getLong(1)));
    }

    Future<List<Failing>> failing() {
        return rows(FAILING, row -> new Failing(row.getString(0), row.getDouble(1)));
    }

    Future<List<EndpointStates>> states() {
        return rows(STATES, row -> new EndpointStates(row.getString(0), row.getLong(1), row.getLong(2)));
    }

    Future<Backlog> backlog() {
        return rows(
                        BACKLOG,
                        row -> new Backlog(
                                row.getLong(0), row.getLong(1), row.getDouble(2), row.getLong(3), row.getLong(4)))
                .map(all -> all.get(0));
    }

    private <T> Future<List<T>> rows(String sql, java.util.function.Function<Row, T> read) {
        return pool.preparedQuery(sql).execute().map(rows -> {
            List<T> all = new ArrayList<>(rows.size());
            rows.forEach(row -> all.add(read.apply(row)));
            return all;
        });
    }
}
