package io.eventsync.server.delivery;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/** SQL of the server's own events on their way into the log. */
final class SystemEventStore {
    static final String NEXT = """
            select id, tag, key, message, "json" from eventsync.system_event order by made_at, id limit $1
            """;
    static final String DELETE = "delete from eventsync.system_event where id = any ($1)";

    private final Pool pool;

    SystemEventStore(Pool pool) {
        this.pool = pool;
    }

    Future<List<SystemEvent>> next(int max) {
        return pool.preparedQuery(NEXT).execute(Tuple.of(max)).map(rows -> {
            List<SystemEvent> events = new ArrayList<>();
            rows.forEach(row -> events.add(new SystemEvent(
                    row.getString(0), row.getString(1), row.getString(2), row.getString(3), row.getString(4))));
            return events;
        });
    }

    Future<Void> delete(List<SystemEvent> events) {
        return pool.preparedQuery(DELETE)
                .execute(Tuple.of((Object) events.stream().map(SystemEvent::id).toArray(String[]::new)))
                .mapEmpty();
    }
}
