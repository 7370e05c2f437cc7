package io.eventsync.server.delivery;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/** SQL of the server's own events on their way into the log. */
final class SystemEventStore {
    static final String NEXT = """
            select id, tag, key, message, "json", (extract(epoch from made_at) * 1000000)::bigint from eventsync.system_event
            where (made_at, id) > (timestamptz 'epoch' + $1 * interval '1 microsecond', $2) order by made_at, id limit $3
            """;
    static final String DELETE = "delete from eventsync.system_event where id = any ($1)";

    private final Pool pool;

    SystemEventStore(Pool pool) {
        this.pool = pool;
    }

    /** Where an event stands among those that wait. */
    record Place(long madeMicros, String id) {
        static final Place BEGINNING = new Place(0, "");
    }

    /** @param end that of the last one, or where the page began if it has none */
    record Page(List<SystemEvent> events, Place end) {}

    /** The oldest of those after a place. */
    Future<Page> next(Place after, int max) {
        return pool.preparedQuery(NEXT)
                .execute(Tuple.of(after.madeMicros(), after.id(), max))
                .map(rows -> page(after, rows));
    }

    private static Page page(Place after, RowSet<Row> rows) {
        List<SystemEvent> events = new ArrayList<>();
        Place end = after;
        for (Row row : rows) {
            SystemEvent event = new SystemEvent(
                    row.getString(0), row.getString(1), row.getString(2), row.getString(3), row.getString(4));
            events.add(event);
            end = new Place(row.getLong(5), event.id());
        }
        return new Page(events, end);
    }

    Future<Void> delete(List<SystemEvent> events) {
        return pool.preparedQuery(DELETE)
                .execute(Tuple.of((Object) events.stream().map(SystemEvent::id).toArray(String[]::new)))
                .mapEmpty();
    }
}
