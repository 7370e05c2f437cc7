package io.eventsync.server.delivery;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** SQL of the replays. */
final class ReplayStore {
    private static final String SELECT = """
            select r.replay_id, r.filter, r.per_second, r.state, r.total, r.delivered + c.delivered, r.failed + c.failed,
              greatest(0, r.total - r.freed - r.delivered - c.delivered - r.failed - c.failed
                - (select count(*) from eventsync.dead_letter l where l.replay_id = r.replay_id)),
              (extract(epoch from r.created_at) * 1000000)::bigint, (extract(epoch from r.updated_at) * 1000000)::bigint,
              (extract(epoch from r.ended_at) * 1000000)::bigint
            from eventsync.replay r cross join lateral (
              select coalesce(sum(x.delivered), 0)::bigint as delivered, coalesce(sum(x.failed), 0)::bigint as failed
              from eventsync.replay_result x where x.replay_id = r.replay_id) c
            """;

    static final String GET = SELECT + " where r.replay_id = $1 and r.error is distinct from 'ABANDONED'";
    static final String LIST = SELECT
            + " where r.error is distinct from 'ABANDONED' and ($1::text is null or r.state = $1) and ($2::text is null or (r.created_at, r.replay_id) <"
            + " (select b.created_at, b.replay_id from eventsync.replay b where b.replay_id = $2))"
            + " order by r.created_at desc, r.replay_id desc limit $3";
    static final String RUNNING = "select replay_id from eventsync.replay where state = 'RUNNING' order by created_at";
    static final String INSERT = """
            insert into eventsync.replay (replay_id, filter, per_second, marked_endpoint, marked_pos) values ($1, $2, $3, 0, 0)
            on conflict do nothing
            """;
    static final String LOCK_UNMARKED =
            "select 1 from eventsync.replay where replay_id = $1 and state = 'RUNNING' and marked_endpoint is not null for no key update";
    static final String ADVANCE = "select eventsync.advance_replay($1, $2, $3)";
    static final String END = """
            update eventsync.replay set state = 'CANCELED', ended_at = clock_timestamp(), updated_at = clock_timestamp(),
              marked_endpoint = null, marked_pos = null
            where replay_id = $1 and state = 'RUNNING'
            """;

    static final String WAITING = """
            select d.endpoint_id, d.pos from eventsync.delivery d
            where d.replay_id = $1 and not exists (select 1 from eventsync.endpoint_run r cross join lateral jsonb_array_elements(r.open) o
              where r.endpoint_id = d.endpoint_id and o -> 'pos' @> to_jsonb(d.pos))
            order by d.endpoint_id, d.pos limit $2
            """;
    static final String LOCK_OWNERS =
            "select 1 from eventsync.lease l where l.endpoint_id = any ($1) order by l.endpoint_id for no key update";
    static final String CANCEL = """
            delete from eventsync.delivery d using unnest($2::bigint[], $3::bigint[]) u(endpoint_id, pos)
            where d.endpoint_id = u.endpoint_id and d.pos = u.pos and d.replay_id = $1
              and not exists (select 1 from eventsync.endpoint_run r cross join lateral jsonb_array_elements(r.open) o
                where r.endpoint_id = d.endpoint_id and o -> 'pos' @> to_jsonb(d.pos))
            """;
    static final String ASK = "update eventsync.lease set asked = asked + 1 where endpoint_id = any ($1)";

    /** Not those that somebody holds: whoever records what came of them frees them. */
    static final String FREE = """
            with held as (
              select l.endpoint_id, l.pos from eventsync.dead_letter l where l.replay_id = $1
              order by l.endpoint_id, l.pos limit $2 for no key update skip locked),
            freed as (
              update eventsync.dead_letter l set replay_id = null, moved = false from held h
              where l.endpoint_id = h.endpoint_id and l.pos = h.pos returning l.endpoint_id)
            update eventsync.replay r set freed = r.freed + f.kept
            from (select count(*) as n, count(e.endpoint_id) as kept from freed left join eventsync.endpoint e using (endpoint_id)) f
            where r.replay_id = $1
            returning f.n
            """;

    /** Nobody begins them any more: who was to do so has failed. */
    static final String ABANDON = """
            update eventsync.replay set state = 'CANCELED', ended_at = clock_timestamp(), error = 'ABANDONED'
            where state = 'RUNNING' and marked_endpoint is not null and updated_at < clock_timestamp() - $1 * interval '1 millisecond'
            """;

    static final String UNTIDY = """
            select r.replay_id from eventsync.replay r where r.state <> 'RUNNING' and (
              exists (select from eventsync.dead_letter l where l.replay_id = r.replay_id)
              or exists (select from eventsync.delivery d where d.replay_id = r.replay_id))
            """;
    static final String FORGET_ABANDONED = """
            delete from eventsync.replay r where r.error = 'ABANDONED'
              and not exists (select from eventsync.dead_letter l where l.replay_id = r.replay_id)
            """;
    static final String DROP_OLD = """
            with dropped as (
              delete from eventsync.replay where state <> 'RUNNING' and ended_at < clock_timestamp() - $1 * interval '1 millisecond'
              returning replay_id)
            delete from eventsync.replay_result x using dropped d where x.replay_id = d.replay_id
            """;

    private static final int MOVE_MAX = 500;
    private static final int PIECE_MAX = 5_000;
    private static final long ABANDONED_MILLIS = 60_000;

    private final Pool pool;
    private final DeadLetterStore letters;

    ReplayStore(Pool pool) {
        this.pool = pool;
        this.letters = new DeadLetterStore(pool);
    }

    Future<Optional<Replay>> get(String id) {
        return pool.preparedQuery(GET)
                .execute(Tuple.of(id))
                .map(rows -> replays(rows).stream().findFirst());
    }

    /** Newest first, those older than {@code after}. */
    Future<List<Replay>> list(@Nullable String state, @Nullable String after, int max) {
        return pool.preparedQuery(LIST).execute(Tuple.of(state, after, max)).map(ReplayStore::replays);
    }

    Future<List<String>> running() {
        return pool.preparedQuery(RUNNING).execute().map(rows -> {
            List<String> ids = new ArrayList<>();
            rows.forEach(row -> ids.add(row.getString(0)));
            return ids;
        });
    }

    /** Makes a replay, unless there is one of this name. It begins once {@link #mark} has given it all that matches. */
    Future<Void> create(String id, byte[] filter, double perSecond) {
        return pool.preparedQuery(INSERT)
                .execute(Tuple.of(id, Buffer.buffer(filter), perSecond))
                .mapEmpty();
    }

    /** Gives a replay what matched when it was made; one that has it all is left as it is. */
    Future<Void> mark(String id, DeadLetterQuery query) {
        return Pieces.until(() -> pool.withTransaction(client -> client.preparedQuery(LOCK_UNMARKED)
                .execute(Tuple.of(id))
                .compose(rows ->
                        rows.size() == 0 ? Future.succeededFuture(true) : letters.mark(client, query, id, PIECE_MAX))));
    }

    /** Lets every running replay go on by what its rate allows; answers how many deliveries were made. */
    Future<Integer> advance(int waitingMax) {
        return running().compose(ids -> {
            Future<Integer> sum = Future.succeededFuture(0);
            for (String id : ids) {
                sum = sum.compose(n -> pool.preparedQuery(ADVANCE)
                        .execute(Tuple.of(id, MOVE_MAX, waitingMax))
                        .map(rows -> {
                            Integer moved = rows.iterator().next().getInteger(0);
                            return n + (moved == null ? 0 : moved);
                        }));
            }
            return sum;
        });
    }

    /** Ends a replay; what is in flight ends as it would. */
    Future<Void> cancel(String id) {
        return pool.preparedQuery(END)
                .execute(Tuple.of(id))
                .compose(ended -> ended.rowCount() == 0 ? Future.succeededFuture() : tidy(id));
    }

    /** Ends what a node that died or lost its database has left half begun or half ended. */
    Future<Void> tidy() {
        return pool.preparedQuery(ABANDON)
                .execute(Tuple.of(ABANDONED_MILLIS))
                .compose(v -> pool.preparedQuery(UNTIDY).execute())
                .compose(rows -> {
                    Future<Void> done = Future.succeededFuture();
                    for (Row row : rows) {
                        done = done.compose(v -> tidy(row.getString(0)));
                    }
                    return done;
                })
                .compose(v -> pool.preparedQuery(FORGET_ABANDONED).execute())
                .mapEmpty();
    }

    private Future<Void> tidy(String id) {
        return Pieces.until(() -> pool.withTransaction(client -> cancelSome(client, id)))
                .compose(v -> Pieces.until(() -> freeSome(id)));
    }

    /** Answers whether none waits any more. */
    private static Future<Boolean> cancelSome(SqlClient client, String id) {
        return client.preparedQuery(WAITING).execute(Tuple.of(id, PIECE_MAX)).compose(rows -> {
            if (rows.size() == 0) {
                return Future.succeededFuture(true);
            }
            Long[] endpoints = rows.stream().map(row -> row.getLong(0)).toArray(Long[]::new);
            Long[] positions = rows.stream().map(row -> row.getLong(1)).toArray(Long[]::new);
            Tuple owners = Tuple.of((Object) Arrays.stream(endpoints).distinct().toArray(Long[]::new));
            return client.preparedQuery(LOCK_OWNERS)
                    .execute(owners)
                    .compose(v -> client.preparedQuery(CANCEL).execute(Tuple.of(id, endpoints, positions)))
                    .compose(v -> client.preparedQuery(ASK).execute(owners))
                    .map(false);
        });
    }

    /** Answers whether none is left. */
    private Future<Boolean> freeSome(String id) {
        return pool.preparedQuery(FREE)
                .execute(Tuple.of(id, PIECE_MAX))
                .map(rows -> rows.size() == 0 || rows.iterator().next().getLong(0) == 0);
    }

    Future<Void> dropOld(long millis) {
        return pool.preparedQuery(DROP_OLD).execute(Tuple.of(millis)).mapEmpty();
    }

    private static List<Replay> replays(RowSet<Row> rows) {
        List<Replay> replays = new ArrayList<>(rows.size());
        rows.forEach(row -> {
            Long ended = row.getLong(10);
            replays.add(new Replay(
                    row.getString(0),
                    row.getBuffer(1).getBytes(),
                    row.getDouble(2),
                    Replay.State.valueOf(row.getString(3)),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getLong(7),
                    row.getLong(8),
                    row.getLong(9),
                    ended == null ? OptionalLong.empty() : OptionalLong.of(ended)));
        });
        return replays;
    }
}
