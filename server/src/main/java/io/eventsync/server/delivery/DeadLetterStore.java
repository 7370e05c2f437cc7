package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** SQL of the dead letters, and of making deliveries of them again. */
final class DeadLetterStore {
    private static final String MATCHES = """
            ($1 = '' or l.endpoint_id = (select e.endpoint_id from eventsync.endpoint e where e.name = $1))
              and (cardinality($2::text[]) = 0
                or exists (select 1 from unnest($2::text[]) p where l.tag = p or l.tag like replace(p, '_', '\\_') || '.%'))
              and (cardinality($3::text[]) = 0 or l.event_id = any ($3))
              and (cardinality($4::text[]) = 0 or l.reason = any ($4))
              and (cardinality($5::int[]) = 0 or coalesce(l.status, 0) = any ($5))
              and ($6::timestamptz is null or l.at >= $6) and ($7::timestamptz is null or l.at < $7)
              and (cardinality($8::text[]) = 0 or coalesce(l.error, '') = any ($8))
            """;

    static final String LIST = """
            select n.name, l.event_id, l.pos, l.tag, l.reason, l.number, l.error, l.status, l.excerpt,
              coalesce((extract(epoch from l.first_at) * 1000000)::bigint, 0), (extract(epoch from l.at) * 1000000)::bigint,
              case when $13 then l.event end, l.endpoint_id
            from eventsync.dead_letter l join eventsync.endpoint n on n.endpoint_id = l.endpoint_id
            where
            """ + MATCHES + """
              and ($9::timestamptz is null or (l.at, l.endpoint_id, l.pos) < ($9, $10::bigint, $11::bigint))
            order by l.at desc, l.endpoint_id desc, l.pos desc limit $12
            """;
    static final String COUNT = """
            select count(*) from eventsync.dead_letter l join eventsync.endpoint n on n.endpoint_id = l.endpoint_id
            where l.replay_id is null and
            """ + MATCHES;

    /** Looks at the next ones, whether they match or not, so that it takes no longer where few do. */
    static final String MARK = """
            with looked as materialized (
              select l.endpoint_id, l.pos from eventsync.replay r cross join lateral (
                select d.endpoint_id, d.pos from eventsync.dead_letter d where (d.endpoint_id, d.pos) > (r.marked_endpoint, r.marked_pos)
                order by d.endpoint_id, d.pos limit $10) l
              where r.replay_id = $9),
            matching as (
              select l.endpoint_id, l.pos from looked o
              join eventsync.dead_letter l on l.endpoint_id = o.endpoint_id and l.pos = o.pos
              join eventsync.endpoint n on n.endpoint_id = l.endpoint_id
              join eventsync.replay r on r.replay_id = $9 and l.at <= r.created_at
              where l.replay_id is null and
            """ + MATCHES + """
              for no key update of l skip locked),
            marked as (
              update eventsync.dead_letter l set replay_id = $9, moved = false from matching m
              where l.endpoint_id = m.endpoint_id and l.pos = m.pos returning 1)
            update eventsync.replay set updated_at = clock_timestamp(), total = total + (select count(*) from marked),
              (marked_endpoint, marked_pos) = (select o.endpoint_id, o.pos from looked o order by 1 desc, 2 desc limit 1)
            where replay_id = $9
            returning marked_endpoint is null
            """;

    static final String GROUPS = """
            select l.name, l.reason, l.error, coalesce(l.status, 0), count(*),
              (extract(epoch from min(l.at)) * 1000000)::bigint, (extract(epoch from max(l.at)) * 1000000)::bigint
            from (
              select n.name, l.reason, l.error, l.status, l.at from eventsync.dead_letter l
              join eventsync.endpoint n on n.endpoint_id = l.endpoint_id
              where l.replay_id is null and
            """ + MATCHES + """
              order by l.at desc limit $9) l
            group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4 limit $10
            """;

    static final String LOCK = "select 1 from eventsync.lease where endpoint_id = $1 for no key update";
    static final String OPEN = """
            select r.state, r.blocked_pos, r.pos < $2 and $2 <> all (r.ahead), exists (select 1 from jsonb_array_elements(r.open) o
              where o -> 'id' is not null and o -> 'pos' @> to_jsonb($2::bigint))
            from eventsync.endpoint_run r where r.endpoint_id = $1
            """;
    /** Of a replay only as long as that runs: what is left of another is taken away. */
    static final String DUE_NOW = """
            update eventsync.delivery d set state = 'RETRYING', attempts = 0, due_at = clock_timestamp(),
              replay_id = (select r.replay_id from eventsync.replay r where r.replay_id = d.replay_id and r.state = 'RUNNING')
            where d.endpoint_id = $1 and d.pos = $2
            """;

    static final String UNBLOCK = """
            update eventsync.endpoint_run set state = 'ACTIVE', blocked_pos = null, state_at = clock_timestamp()
            where endpoint_id = $1 and state = 'BLOCKED' and blocked_pos = $2
            """;
    /** Others may have been given up while the first one blocked already: all are tried again, as when the endpoint is resumed. */
    static final String UNBLOCK_ALL = """
            update eventsync.delivery set state = 'RETRYING', attempts = 0, due_at = clock_timestamp()
            where endpoint_id = $1 and state = 'BLOCKING'
            """;

    static final String REVISE = "update eventsync.lease set revision = revision + 1 where endpoint_id = $1";
    static final String ASK = "update eventsync.lease set asked = asked + 1 where endpoint_id = $1";
    static final String AGAIN = """
            insert into eventsync.delivery (endpoint_id, pos, state, event_id, tag, key, event, attempts, number, due_at, asked)
            values ($1, $2, 'RETRYING', $3, $4, $5, $6, 0, greatest($7, (select max(a.number) from eventsync.attempt a
                where a.endpoint_id = $1 and (a.pos = $2 or a.batch @> array[$2]) and not a.test)), clock_timestamp(), true)
            """;
    static final String LETTER = """
            select event, number from eventsync.dead_letter where endpoint_id = $1 and pos = $2
            """;

    static final String DROP_OLD = """
            delete from eventsync.dead_letter l using (
              select d.endpoint_id, d.pos from eventsync.dead_letter d where d.at < clock_timestamp() - $1 * interval '1 millisecond'
                and not d.moved order by d.at limit $2 for update skip locked) x
            where l.endpoint_id = x.endpoint_id and l.pos = x.pos
            """;

    /** An endpoint's number is never given out again, so what is its own may go after it. */
    static final String DROP_OF_DELETED = """
            delete from eventsync.dead_letter l using (
              select d.endpoint_id, d.pos from eventsync.endpoint_name n
              cross join lateral (
                select l.endpoint_id, l.pos from eventsync.dead_letter l where l.endpoint_id = n.endpoint_id
                order by l.pos limit $1 for update skip locked) d
              where not exists (select from eventsync.endpoint e where e.endpoint_id = n.endpoint_id) limit $1) x
            where l.endpoint_id = x.endpoint_id and l.pos = x.pos
            """;

    private static final int PIECE_MAX = 5_000;

    private final Pool pool;

    DeadLetterStore(Pool pool) {
        this.pool = pool;
    }

    /** A place in the list, which begins with the newest. */
    record Place(long atMicros, long endpoint, long position) {}

    /** A dead letter and its place. */
    record Placed(DeadLetterRow letter, Place place) {}

    Future<List<Placed>> list(DeadLetterQuery query, Optional<Place> before, int max, boolean withEvents) {
        return pool.preparedQuery(LIST)
                .execute(matching(query)
                        .addValue(before.map(p -> time(p.atMicros())).orElse(null))
                        .addValue(before.map(Place::endpoint).orElse(null))
                        .addValue(before.map(Place::position).orElse(null))
                        .addValue(max)
                        .addValue(withEvents))
                .map(rows -> {
                    List<Placed> letters = new ArrayList<>(rows.size());
                    rows.forEach(row -> letters.add(letter(row)));
                    return letters;
                });
    }

    private static Tuple matching(DeadLetterQuery query) {
        return Tuple.of(query.endpoint())
                .addValue(query.tagPrefixes().toArray(String[]::new))
                .addValue(query.eventIds().toArray(String[]::new))
                .addValue(query.reasons().stream().map(Enum::name).toArray(String[]::new))
                .addValue(query.statuses().toArray(Integer[]::new))
                .addValue(time(query.from()))
                .addValue(time(query.to()))
                .addValue(query.errors().stream()
                        .map(error -> error.map(Enum::name).orElse(""))
                        .toArray(String[]::new));
    }

    private static Placed letter(Row row) {
        Buffer excerpt = row.getBuffer(8);
        Buffer event = row.getBuffer(11);
        Integer status = row.getInteger(7);
        DeadLetterRow letter = new DeadLetterRow(
                row.getString(0),
                row.getString(1),
                row.getLong(2),
                row.getString(3),
                DeadLetterReason.valueOf(row.getString(4)),
                row.getInteger(5),
                Optional.ofNullable(row.getString(6)).map(AttemptError::valueOf),
                status == null ? 0 : status,
                excerpt == null ? new byte[0] : excerpt.getBytes(),
                row.getLong(9),
                row.getLong(10),
                event == null ? Optional.empty() : Optional.of(LogEvent.fromWire(event.getBytes())));
        return new Placed(letter, new Place(row.getLong(10), row.getLong(12), row.getLong(2)));
    }

    /** Those that no running replay has, the newest so many of them, by endpoint and cause. */
    Future<List<DeadLetterGroup>> groups(DeadLetterQuery query, int lettersMax, int groupsMax) {
        return pool.preparedQuery(GROUPS)
                .execute(matching(query).addValue(lettersMax).addValue(groupsMax))
                .map(rows -> {
                    List<DeadLetterGroup> groups = new ArrayList<>(rows.size());
                    rows.forEach(row -> groups.add(new DeadLetterGroup(
                            row.getString(0),
                            DeadLetterReason.valueOf(row.getString(1)),
                            Optional.ofNullable(row.getString(2)).map(AttemptError::valueOf),
                            row.getInteger(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(6))));
                    return groups;
                });
    }

    /** Those that no running replay has. */
    Future<Long> count(DeadLetterQuery query) {
        return pool.preparedQuery(COUNT)
                .execute(matching(query))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** Gives some of them to a replay; answers whether it has all. */
    Future<Boolean> mark(SqlClient client, DeadLetterQuery query, String replay, int max) {
        return client.preparedQuery(MARK)
                .execute(matching(query).addValue(replay).addValue(max))
                .map(rows -> rows.iterator().next().getBoolean(0));
    }

    /** What a delivery that is asked for again came to. */
    enum Again {
        DUE,
        IN_FLIGHT,
        INACTIVE
    }

    /** Makes one delivery due now. */
    Future<Again> again(long endpoint, LogEvent event) {
        return pool.withTransaction(client -> client.preparedQuery(LOCK)
                .execute(Tuple.of(endpoint))
                .compose(v -> client.preparedQuery(OPEN).execute(Tuple.of(endpoint, event.position())))
                .compose(rows -> {
                    Row run = rows.iterator().next();
                    String state = run.getString(0);
                    Long blocked = run.getLong(1);
                    boolean isBlocker = blocked != null && blocked == event.position();
                    if (!state.equals("ACTIVE") && !(state.equals("BLOCKED") && isBlocker)) {
                        return Future.succeededFuture(Again.INACTIVE);
                    }
                    if (run.getBoolean(3)) {
                        return Future.succeededFuture(Again.IN_FLIGHT);
                    }
                    boolean isAhead = run.getBoolean(2);
                    return makeDue(client, endpoint, event, isBlocker, isAhead).map(v -> Again.DUE);
                }));
    }

    /** @param isAhead whether the endpoint comes to it by itself */
    private static Future<Void> makeDue(
            SqlClient client, long endpoint, LogEvent event, boolean isBlocker, boolean isAhead) {
        return client.preparedQuery(DUE_NOW)
                .execute(Tuple.of(endpoint, event.position()))
                .compose(rows ->
                        rows.rowCount() > 0 || isAhead ? Future.succeededFuture() : insert(client, endpoint, event))
                .compose(v -> isBlocker
                        ? client.preparedQuery(UNBLOCK)
                                .execute(Tuple.of(endpoint, event.position()))
                                .compose(w -> client.preparedQuery(UNBLOCK_ALL).execute(Tuple.of(endpoint)))
                                .compose(w -> client.preparedQuery(REVISE).execute(Tuple.of(endpoint)))
                        : client.preparedQuery(ASK).execute(Tuple.of(endpoint)))
                .mapEmpty();
    }

    private static Future<Void> insert(SqlClient client, long endpoint, LogEvent event) {
        return client.preparedQuery(LETTER)
                .execute(Tuple.of(endpoint, event.position()))
                .compose(rows -> client.preparedQuery(AGAIN)
                        .execute(Tuple.of(endpoint, event.position(), event.id(), event.tag(), event.key())
                                .addValue(Buffer.buffer(event.wire()))
                                .addValue(
                                        rows.size() == 0
                                                ? 0
                                                : rows.iterator().next().getInteger(1))))
                .mapEmpty();
    }

    /** The event of a dead letter, also when the log has it no longer. */
    Future<Optional<LogEvent>> event(long endpoint, long position) {
        return pool.preparedQuery(LETTER)
                .execute(Tuple.of(endpoint, position))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(LogEvent.fromWire(
                                rows.iterator().next().getBuffer(0).getBytes())));
    }

    /** Those that were given up so long ago, and those whose endpoint was deleted. */
    Future<Void> drop(long millis) {
        return Pieces.until(() -> dropped(pool.preparedQuery(DROP_OLD).execute(Tuple.of(millis, PIECE_MAX))))
                .compose(v -> Pieces.until(
                        () -> dropped(pool.preparedQuery(DROP_OF_DELETED).execute(Tuple.of(PIECE_MAX)))));
    }

    private static Future<Boolean> dropped(Future<RowSet<Row>> piece) {
        return piece.map(rows -> rows.rowCount() < PIECE_MAX);
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static OffsetDateTime time(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000)
                .atOffset(ZoneOffset.UTC);
    }
}
