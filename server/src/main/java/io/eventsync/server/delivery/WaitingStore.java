package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.OptionalLong;

/** SQL that looks at single deliveries that wait, for those who ask about them. */
final class WaitingStore {
    static final String GET = """
            select state, number, (extract(epoch from due_at) * 1000000)::bigint from eventsync.delivery where endpoint_id = $1 and pos = $2
            """;
    static final String FIRST = """
            select coalesce(min(pos), 0) from eventsync.delivery where endpoint_id = $1 and not asked and ($2::text is null or key = $2)
            """;
    static final String POSITION = """
            select pos from eventsync.dead_letter where endpoint_id = $1 and (event_id = $2 or pos = $3)
            """;

    private final Pool pool;

    WaitingStore(Pool pool) {
        this.pool = pool;
    }

    record Waiting(String state, int attempts, OptionalLong dueMicros) {}

    Future<Optional<Waiting>> get(long endpoint, long position) {
        return pool.preparedQuery(GET).execute(Tuple.of(endpoint, position)).map(rows -> {
            if (rows.size() == 0) {
                return Optional.empty();
            }
            Row row = rows.iterator().next();
            Long due = row.getLong(2);
            return Optional.of(new Waiting(
                    row.getString(0), row.getInteger(1), due == null ? OptionalLong.empty() : OptionalLong.of(due)));
        });
    }

    /** The earliest that waits and holds up others: of the endpoint, or of a key; 0 if there is none. */
    Future<Long> first(long endpoint, Ordering ordering, String key) {
        return pool.preparedQuery(FIRST)
                .execute(Tuple.of(endpoint, ordering == Ordering.ORDERED_BY_KEY ? key : null))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** Of an event that only its dead letter has still. */
    Future<OptionalLong> position(long endpoint, Deliveries.EventName name) {
        Tuple arguments = name instanceof Deliveries.EventName.ById byId
                ? Tuple.of(endpoint, byId.id(), null)
                : Tuple.of(endpoint, null, ((Deliveries.EventName.ByPosition) name).position());
        return pool.preparedQuery(POSITION)
                .execute(arguments)
                .map(rows -> rows.size() == 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(rows.iterator().next().getLong(0)));
    }
}
