package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.endpoint.SettingsJson;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SQL of the endpoints that this node works: where they stood, and what has happened since. */
final class RunStore {
    static final String RECORD =
            "select lost from eventsync.record_turn($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
                    + " $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)";

    static final String LOAD = """
            select e.endpoint_id, e.name, l.epoch, r.generation, l.revision, l.asked, e.settings, e.secrets, r.state, r.pos, r.fingerprint,
              r.prev_pos, r.prev_fingerprint, r.ahead, r.open, r.breaker, r.failures_in_row, r.probe_wait_millis,
              (extract(epoch from r.probe_at - clock_timestamp()) * 1000)::bigint, r.in_flight_limit,
              (extract(epoch from r.paused_until - clock_timestamp()) * 1000)::bigint,
              (extract(epoch from clock_timestamp() - r.failing_since) * 1000)::bigint, r.failed_attempts, r.failed_pos, r.failed_events,
              r.failing_warned
            from eventsync.endpoint e
            join eventsync.endpoint_run r on r.endpoint_id = e.endpoint_id
            join eventsync.lease l on l.endpoint_id = e.endpoint_id
            where e.endpoint_id = any ($1)
            """;

    static final String WAITING = """
            select endpoint_id, pos, event_id, tag, key, octet_length(event), asked, prev_pos, prev_fingerprint, state, attempts, number,
              (extract(epoch from due_at - clock_timestamp()) * 1000)::bigint,
              coalesce((extract(epoch from first_at) * 1000000)::bigint, 0), replay_id
            from eventsync.delivery where endpoint_id = any ($1)
            """;

    static final String EVENTS = """
            select d.endpoint_id, d.pos, d.event from eventsync.delivery d
            join unnest($1::bigint[], $2::bigint[]) u(e, p) on d.endpoint_id = u.e and d.pos = u.p
            """;

    private final Pool pool;

    RunStore(Pool pool) {
        this.pool = pool;
    }

    /** Answers the endpoints whose lease was lost: nothing was recorded of those. */
    Future<Set<Long>> record(Tuple turn) {
        return pool.preparedQuery(RECORD).execute(turn).map(rows -> {
            Long[] lost = rows.iterator().next().getArrayOfLongs(0);
            return lost == null ? Set.of() : Set.of(lost);
        });
    }

    /** @param sealedSecrets null if there are none */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Loaded(RunStart start, EndpointState state, long asked, byte @Nullable [] sealedSecrets) {}

    /**
     * Due times are counted from when the answer is here: late by its way, never early. What waits is read after what was asked for: a
     * change in between is then told by its number, and read again.
     */
    Future<List<Loaded>> load(Long[] endpoints, SteadyClock clock) {
        return pool.preparedQuery(LOAD)
                .execute(Tuple.of(endpoints))
                .compose(rows -> waiting(endpoints, clock).map(waiting -> {
                    List<Loaded> loaded = new ArrayList<>();
                    long now = clock.millis();
                    rows.forEach(row -> loaded.add(loaded(row, waiting.getOrDefault(row.getLong(0), List.of()), now)));
                    return loaded;
                }));
    }

    private static Loaded loaded(Row row, List<Delivery> waiting, long now) {
        EndpointHandle handle =
                new EndpointHandle(row.getLong(0), row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4));
        EndpointSettings settings = SettingsJson.decode(row.getJsonObject(6));
        LogPoint low = new LogPoint(row.getLong(9), row.getInteger(10));
        Set<Long> ahead = new HashSet<>(List.of(row.getArrayOfLongs(13)));
        Long failingFor = row.getLong(21);
        RunStart start = new RunStart(
                handle,
                settings,
                low,
                point(row.getLong(11), row.getInteger(12)),
                ahead,
                numbers(row.getJsonArray(14), low.position(), ahead),
                waiting,
                Breaker.State.valueOf(row.getString(15)),
                row.getInteger(16),
                row.getLong(17),
                inMillis(row.getLong(18), now),
                row.getInteger(19),
                inMillis(row.getLong(20), now),
                failingFor == null
                        ? new FailingSince()
                        : new FailingSince(
                                now - failingFor,
                                row.getInteger(22),
                                row.getLong(23) == null ? 0 : row.getLong(23),
                                row.getInteger(24),
                                row.getInteger(25)));
        return new Loaded(
                start,
                EndpointState.valueOf(row.getString(8)),
                row.getLong(5),
                row.getBuffer(7) == null ? null : row.getBuffer(7).getBytes());
    }

    private static long inMillis(@Nullable Long millis, long now) {
        return millis == null ? Long.MIN_VALUE : now + millis;
    }

    private static @Nullable LogPoint point(@Nullable Long position, @Nullable Integer fingerprint) {
        return position == null ? null : new LogPoint(position, fingerprint == null ? 0 : fingerprint);
    }

    /** How often events were tried that are not settled and have no row. */
    private static Map<Long, Integer> numbers(JsonArray open, long low, Set<Long> ahead) {
        Map<Long, Integer> numbers = new HashMap<>();
        for (int i = 0; i < open.size(); i++) {
            JsonObject one = open.getJsonObject(i);
            for (Object position : one.getJsonArray("pos")) {
                long at = ((Number) position).longValue();
                if (at > low && !ahead.contains(at)) {
                    numbers.put(at, one.getInteger("number"));
                }
            }
        }
        return numbers;
    }

    /** The deliveries of these endpoints that wait, without their events. */
    Future<Map<Long, List<Delivery>>> waiting(Long[] endpoints, SteadyClock clock) {
        return pool.preparedQuery(WAITING).execute(Tuple.of(endpoints)).map(rows -> {
            Map<Long, List<Delivery>> waiting = new HashMap<>();
            long now = clock.millis();
            rows.forEach(row -> waiting.computeIfAbsent(row.getLong(0), e -> new ArrayList<>())
                    .add(delivery(row, now)));
            return waiting;
        });
    }

    private static Delivery delivery(Row row, long now) {
        Delivery delivery = new Delivery(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInteger(5),
                row.getBoolean(6),
                point(row.getLong(7), row.getInteger(8)));
        delivery.state(Delivery.State.valueOf(row.getString(9)));
        delivery.attempts(row.getInteger(10));
        delivery.number(row.getInteger(11));
        Long dueIn = row.getLong(12);
        delivery.dueMillis(dueIn == null ? now : now + dueIn);
        delivery.firstMicros(row.getLong(13));
        delivery.replayId(row.getString(14));
        delivery.rowSince(1);
        return delivery;
    }

    /** Which delivery of which endpoint. */
    record Place(long endpoint, long position) {}

    /** The events of deliveries that wait; those that wait no longer are missing. */
    Future<Map<Place, LogEvent>> events(List<Place> places) {
        return pool.preparedQuery(EVENTS)
                .execute(Tuple.tuple() // of() would take the second array for more arguments
                        .addValue(places.stream().map(Place::endpoint).toArray(Long[]::new))
                        .addValue(places.stream().map(Place::position).toArray(Long[]::new)))
                .map(rows -> {
                    Map<Place, LogEvent> events = new HashMap<>();
                    rows.forEach(row -> events.put(
                            new Place(row.getLong(0), row.getLong(1)),
                            LogEvent.fromWire(row.getBuffer(2).getBytes())));
                    return events;
                });
    }
}
