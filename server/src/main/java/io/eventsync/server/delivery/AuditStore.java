package io.eventsync.server.delivery;

import io.eventsync.server.postgres.Partitions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** SQL of the audit: attempts, the order in which they were closed, and what is to be kept of them. */
final class AuditStore {
    private static final String COLUMNS = """
            a.attempt_id, n.name, a.event_id, a.pos, a.tag, a.batch, a.number, a.outcome, a.error, a.message, a.status,
              (extract(epoch from a.at) * 1000000)::bigint, a.latency_micros, a.target, a.remote, a.headers, a.excerpt, a.unacknowledged,
              a.replay_id, a.test, a.node_id
            """;

    private static final String MATCHES = """
            ($1::bigint is null or a.endpoint_id = $1) and ($2::bigint is null or a.pos = $2 or a.batch @> array[$2::bigint])
              and ($3::text is null or a.event_id = $3)
              and ($4::text[] is null or exists (select 1 from unnest($4::text[]) p where a.tag = p or a.tag like replace(p, '_', '\\_') || '.%'))
              and ($5::text[] is null or a.outcome = any ($5))
              and ($6::timestamptz is null or a.at >= $6) and ($7::timestamptz is null or a.at < $7)
            """;

    static final String LIST = "select " + COLUMNS
            + " from eventsync.attempt a left join eventsync.endpoint_name n on n.endpoint_id = a.endpoint_id where "
            + MATCHES
            + " and ($8::timestamptz is null or (a.at, a.attempt_id) < ($8, $9::uuid)) order by a.at desc, a.attempt_id desc limit $10";

    static final String OF_DELIVERY = "select " + COLUMNS
            + " from eventsync.attempt a left join eventsync.endpoint_name n on n.endpoint_id = a.endpoint_id"
            + " where a.endpoint_id = $1 and (a.pos = $2 or a.batch @> array[$2::bigint]) and not a.test"
            + " order by a.at desc, a.attempt_id desc limit $3";

    /** The latest attempt of each delivery. */
    static final String DELIVERIES = "select " + COLUMNS + """
            , p.pos, d.state, d.number, (extract(epoch from d.due_at) * 1000000)::bigint, l.pos, l.number,
              (select count(*) from eventsync.attempt c where c.endpoint_id = a.endpoint_id and c.pos = p.pos and not c.test)::int
            from eventsync.attempt a left join eventsync.endpoint_name n on n.endpoint_id = a.endpoint_id
            cross join lateral unnest(coalesce(a.batch, array[a.pos])) p(pos)
            left join eventsync.delivery d on d.endpoint_id = a.endpoint_id and d.pos = p.pos
            left join eventsync.dead_letter l on l.endpoint_id = a.endpoint_id and l.pos = p.pos
            where not a.test and ($1::bigint is null or a.endpoint_id = $1)
              and ($2::bigint is null or a.pos = $2 or a.batch @> array[$2::bigint]) and ($2::bigint is null or p.pos = $2)
              and not exists (select 1 from eventsync.attempt b where b.endpoint_id = a.endpoint_id and (b.pos = p.pos or b.batch @> array[p.pos])
                and not b.test and (b.at, b.attempt_id) > (a.at, a.attempt_id))
              and ($3::timestamptz is null or (a.at, a.attempt_id, p.pos) < ($3, $4::uuid, $5::bigint))
            order by a.at desc, a.attempt_id desc, p.pos desc limit $6
            """;

    static final String CLOSED =
            "select c.closed_no, (extract(epoch from c.closed_at) * 1000000)::bigint, " + COLUMNS + """
            from (select * from eventsync.attempt_close where closed_no > $1 order by closed_no limit $2) c
            left join eventsync.attempt a on a.at = c.at and a.attempt_id = c.attempt_id
            left join eventsync.endpoint_name n on n.endpoint_id = a.endpoint_id
            order by c.closed_no
            """;

    static final String CLOSED_RANGE = """
            select coalesce(min(closed_no), 0), coalesce(max(closed_no), 0) from eventsync.attempt_close
            """;

    static final String CLOSED_BEFORE = "select eventsync.closed_before($1)";
    static final String DROPPED_THROUGH = "select last_value from eventsync.attempt_closed";

    static final String START_TEST = """
            insert into eventsync.attempt (at, attempt_id, endpoint_id, pos, event_id, tag, number, target, test, node_id)
            values (clock_timestamp(), $1, $2, $3, $4, $5, 1, $6, true, $7) returning (extract(epoch from at) * 1000000)::bigint
            """;
    static final String END_TEST = """
            update eventsync.attempt set outcome = $3, error = $4, message = $5, status = $6, latency_micros = $7, remote = $8, headers = $9,
              excerpt = $10
            where at = timestamptz 'epoch' + $1 * interval '1 microsecond' and attempt_id = $2 and outcome = 'STARTED'
            """;
    static final String CLOSE = "select eventsync.close_attempts($1, $2)";
    static final String GET = "select " + COLUMNS
            + " from eventsync.attempt a left join eventsync.endpoint_name n on n.endpoint_id = a.endpoint_id"
            + " where a.at = timestamptz 'epoch' + $1 * interval '1 microsecond' and a.attempt_id = $2";

    static final String ENSURE_DAYS =
            "select eventsync.ensure_attempt_days(), (extract(epoch from clock_timestamp()) * 1000000)::bigint";
    static final String OLD_DAYS =
            "select day from eventsync.attempt_day where day < (clock_timestamp() at time zone 'UTC')::date - $1::int order by day";
    static final String FORGET_DAY = "delete from eventsync.attempt_day where day = $1";

    private final Pool pool;
    private final Partitions partitions;

    AuditStore(Pool pool) {
        this.pool = pool;
        this.partitions = new Partitions(pool);
    }

    /** Which attempts; what is null does not restrict. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Query(
            @Nullable Long endpoint,
            @Nullable Long position,
            @Nullable String eventId,
            String @Nullable [] prefixes,
            String @Nullable [] outcomes,
            @Nullable Instant from,
            @Nullable Instant to) {}

    /** A place in a list that begins with the latest. */
    record Place(long atMicros, UUID id, long position) {}

    /** The latest started first, those before a place. */
    Future<List<AttemptRow>> list(Query query, Optional<Place> before, int max) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(
                                query.endpoint(), query.position(), query.eventId(), query.prefixes(), query.outcomes())
                        .addValue(time(query.from()))
                        .addValue(time(query.to()))
                        .addValue(before.map(p -> time(p.atMicros())).orElse(null))
                        .addValue(before.map(Place::id).orElse(null))
                        .addValue(max))
                .map(rows -> attempts(rows, 0));
    }

    /** Of one delivery, the latest first. */
    Future<List<AttemptRow>> ofDelivery(long endpoint, long position, int max) {
        return pool.preparedQuery(OF_DELIVERY)
                .execute(Tuple.of(endpoint, position, max))
                .map(rows -> attempts(rows, 0));
    }

    /** Deliveries that were tried, the latest tried first. */
    Future<List<DeliveryRow>> deliveries(
            @Nullable Long endpoint, @Nullable Long position, Optional<Place> before, int max) {
        return pool.preparedQuery(DELIVERIES)
                .execute(Tuple.of(endpoint, position)
                        .addValue(before.map(p -> time(p.atMicros())).orElse(null))
                        .addValue(before.map(Place::id).orElse(null))
                        .addValue(before.map(Place::position).orElse(null))
                        .addValue(max))
                .map(rows -> {
                    List<DeliveryRow> found = new ArrayList<>(rows.size());
                    rows.forEach(row -> found.add(delivery(row)));
                    return found;
                });
    }

    private static DeliveryRow delivery(Row row) {
        AttemptRow last = attempt(row, 0);
        long position = row.getLong(21);
        String waiting = row.getString(22);
        boolean isDead = row.getLong(25) != null;
        return DeliveryRow.of(
                last,
                position,
                Optional.ofNullable(waiting).map(Delivery.State::valueOf),
                isDead,
                Math.max(row.getInteger(27), row.getInteger(23) == null ? 0 : row.getInteger(23)),
                row.getLong(24) == null ? OptionalLong.empty() : OptionalLong.of(row.getLong(24)));
    }

    /**
     * @param number its place in the order of closing
     * @param attempt empty once retention has taken it, which may be a day before its place: it began before it ended
     */
    record Closed(long number, long closedMicros, Optional<AttemptRow> attempt) {}

    /** In the order in which they were closed, those after a number. */
    Future<List<Closed>> closedAfter(long number, int max) {
        return pool.preparedQuery(CLOSED).execute(Tuple.of(number, max)).map(rows -> {
            List<Closed> closed = new ArrayList<>(rows.size());
            rows.forEach(row -> closed.add(new Closed(
                    row.getLong(0),
                    row.getLong(1),
                    row.getUUID(2) == null ? Optional.empty() : Optional.of(attempt(row, 2)))));
            return closed;
        });
    }

    /** Numbers of the first and the last closed attempt on record, 0 if there is none; and the last that was given out. */
    record Range(long first, long last, long given) {}

    Future<Range> closedRange() {
        return pool.preparedQuery(CLOSED_RANGE).execute().compose(rows -> {
            Row row = rows.iterator().next();
            return pool.preparedQuery(DROPPED_THROUGH)
                    .execute()
                    .map(given -> new Range(
                            row.getLong(0),
                            row.getLong(1),
                            given.iterator().next().getLong(0)));
        });
    }

    /** The last number that was given out before this time. */
    Future<Long> closedBefore(Instant at) {
        return pool.preparedQuery(CLOSED_BEFORE)
                .execute(Tuple.of(time(at)))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    // ---- test events ----

    Future<Long> startTest(UUID id, long endpoint, Delivery delivery, String target, UUID node) {
        return pool.preparedQuery(START_TEST)
                .execute(Tuple.of(id, endpoint, delivery.position(), delivery.eventId(), delivery.tag())
                        .addValue(target)
                        .addValue(node))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<AttemptRow> endTest(long atMicros, UUID id, AttemptResult result) {
        JsonObject headers = new JsonObject();
        result.headers().forEach(headers::put);
        return pool.withTransaction(client -> endTest(client, atMicros, id, result, headers));
    }

    private static Future<AttemptRow> endTest(
            SqlClient client, long atMicros, UUID id, AttemptResult result, JsonObject headers) {
        return client.preparedQuery(END_TEST)
                .execute(Tuple.of(
                                atMicros,
                                id,
                                result.outcome().name(),
                                result.error().map(Enum::name).orElse(null))
                        .addValue(result.message().isEmpty() ? null : result.message())
                        .addValue(result.status() == 0 ? null : result.status())
                        .addValue(result.latencyMicros())
                        .addValue(result.remote().isEmpty() ? null : result.remote())
                        .addValue(headers.isEmpty() ? null : headers)
                        .addValue(result.excerpt().length == 0 ? null : Buffer.buffer(result.excerpt())))
                .compose(v -> client.preparedQuery(CLOSE)
                        .execute(Tuple.tuple().addValue(new Long[] {atMicros}).addValue(new UUID[] {id})))
                .compose(v -> client.preparedQuery(GET).execute(Tuple.of(atMicros, id)))
                .map(rows -> attempt(rows.iterator().next(), 0));
    }

    // ---- upkeep ----

    /** Answers the time by the database's clock. */
    Future<Long> ensureDays() {
        return pool.preparedQuery(ENSURE_DAYS)
                .execute()
                .map(rows -> rows.iterator().next().getLong(1));
    }

    /** Drops whole days of attempts that are older; 0 keeps all. */
    Future<Void> dropDays(long days) {
        if (days == 0) {
            return Future.succeededFuture();
        }
        return pool.preparedQuery(OLD_DAYS).execute(Tuple.of((int) days)).compose(rows -> {
            Future<Void> done = Future.succeededFuture();
            for (Row row : rows) {
                done = done.compose(v -> dropDay(row.getLocalDate(0)));
            }
            return done;
        });
    }

    private Future<Void> dropDay(LocalDate day) {
        String name = day.format(DateTimeFormatter.BASIC_ISO_DATE);
        // The order in which attempts were closed first: where it is there, watches look for the attempts.
        return partitions
                .drop(Stream.of("eventsync.attempt_close", "eventsync.attempt")
                        .map(table -> new Partitions.Partition(table, table + "_" + name))
                        .toList())
                .compose(dropped -> dropped
                        ? pool.preparedQuery(FORGET_DAY).execute(Tuple.of(day)).mapEmpty()
                        : Future.succeededFuture());
    }

    // ---- rows ----

    private static List<AttemptRow> attempts(RowSet<Row> rows, int from) {
        List<AttemptRow> attempts = new ArrayList<>(rows.size());
        rows.forEach(row -> attempts.add(attempt(row, from)));
        return attempts;
    }

    private static AttemptRow attempt(Row row, int i) {
        Long latency = row.getLong(i + 12);
        Buffer excerpt = row.getBuffer(i + 16);
        Integer status = row.getInteger(i + 10);
        return new AttemptRow(
                row.getUUID(i),
                text(row.getString(i + 1)),
                row.getString(i + 2),
                row.getLong(i + 3),
                row.getString(i + 4),
                longs(row.getArrayOfLongs(i + 5)),
                row.getInteger(i + 6),
                AttemptOutcome.valueOf(row.getString(i + 7)),
                Optional.ofNullable(row.getString(i + 8)).map(AttemptError::valueOf),
                text(row.getString(i + 9)),
                status == null ? 0 : status,
                row.getLong(i + 11),
                latency == null ? OptionalLong.empty() : OptionalLong.of(latency),
                row.getString(i + 13),
                text(row.getString(i + 14)),
                headers(row.getJsonObject(i + 15)),
                excerpt == null ? new byte[0] : excerpt.getBytes(),
                longs(row.getArrayOfLongs(i + 17)),
                text(row.getString(i + 18)),
                row.getBoolean(i + 19),
                row.getUUID(i + 20));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static List<Long> longs(Long @Nullable [] values) {
        return values == null ? List.of() : Arrays.asList(values);
    }

    private static Map<String, String> headers(@Nullable JsonObject json) {
        Map<String, String> headers = new HashMap<>();
        if (json != null) {
            json.forEach(entry -> headers.put(entry.getKey(), String.valueOf(entry.getValue())));
        }
        return headers;
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static OffsetDateTime time(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000)
                .atOffset(ZoneOffset.UTC);
    }
}
