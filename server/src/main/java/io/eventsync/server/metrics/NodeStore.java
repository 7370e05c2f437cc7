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

    static final String CONSUMERS = """
            select c.name, greatest(0, h.pos - c.pos)
            from eventsync.consumer c, (select coalesce(max(pos), 0) as pos from eventsync.mark) h
            order by 2 desc, 1 limit %d
            """.formatted(NAMES_MAX);

    static final String ENDPOINTS = """
            select e.name, greatest(0, h.pos - r.pos), coalesce(extract(epoch from clock_timestamp() - r.failing_since), 0)::double precision
            from eventsync.endpoint_run r join eventsync.endpoint e using (endpoint_id),
              (select coalesce(max(pos), 0) as pos from eventsync.mark) h
            order by 2 desc, 1 limit %d
            """.formatted(NAMES_MAX);

    static final String STATES = """
            select state, count(*), count(*) filter (where breaker <> 'CLOSED') from eventsync.endpoint_run group by state
            """;

    static final String BACKLOG = """
            select (select count(*) from (select 1 from eventsync.delivery limit %1$d) d),
              (select count(*) from (select 1 from eventsync.dead_letter limit %1$d) l),
              (select coalesce(greatest(0, extract(epoch from clock_timestamp() - min(d.due_at))), 0)
               from (select due_at from eventsync.delivery limit %1$d) d)::double precision,
              pg_database_size(current_database()),
              (select count(*) from pg_stat_activity where datname = current_database())
            """.formatted(COUNT_MAX);

    private final Pool pool;

    NodeStore(Pool pool) {
        this.pool = pool;
    }

    record Lag(String name, long events) {}

    record EndpointLag(String name, long events, double failingSeconds) {}

    record EndpointStates(String state, long endpoints, long breakersOpen) {}

    record Backlog(long waiting, long deadLetters, double oldestDueSeconds, long databaseBytes, long connections) {}

    Future<List<Lag>> consumers() {
        return rows(CONSUMERS, row -> new Lag(row.getString(0), row.getLong(1)));
    }

    Future<List<EndpointLag>> endpoints() {
        return rows(ENDPOINTS, row -> new EndpointLag(row.getString(0), row.getLong(1), row.getDouble(2)));
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
