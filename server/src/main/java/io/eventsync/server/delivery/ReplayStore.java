package io.eventsync.server.delivery;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** SQL of the replays. */
final class ReplayStore {
    private static final String SELECT = """
            select r.replay_id, r.filter, r.per_second, r.state, r.total, r.delivered + c.delivered, r.failed + c.failed,
              greatest(0, r.total - r.delivered - c.delivered - r.failed - c.failed
                - (select count(*) from eventsync.dead_letter l where l.replay_id = r.replay_id)),
              (extract(epoch from r.created_at) * 1000000)::bigint, (extract(epoch from r.updated_at) * 1000000)::bigint,
              (extract(epoch from r.ended_at) * 1000000)::bigint
            from eventsync.replay r cross join lateral (
              select coalesce(sum(x.delivered), 0)::bigint as delivered, coalesce(sum(x.failed), 0)::bigint as failed
              from eventsync.replay_result x where x.replay_id = r.replay_id) c
            """;

    static final String GET = SELECT + " where r.replay_id = $1";
    static final String LIST = SELECT
            + " where ($1::text is null or r.state = $1) and ($2::text is null or (r.created_at, r.replay_id) <"
            + " (select b.created_at, b.replay_id from eventsync.replay b where b.replay_id = $2))"
            + " order by r.created_at desc, r.replay_id desc limit $3";
    static final String RUNNING = "select replay_id from eventsync.replay where state = 'RUNNING' order by created_at";
    static final String INSERT =
            "insert into eventsync.replay (replay_id, filter, per_second) values ($1, $2, $3) on conflict do nothing";
    static final String TOTAL = "update eventsync.replay set total = $2 where replay_id = $1";
    static final String ADVANCE = "select eventsync.advance_replay($1, $2, $3)";
    static final String END = """
            update eventsync.replay set state = 'CANCELED', ended_at = clock_timestamp(), updated_at = clock_timestamp()
            where replay_id = $1 and state = 'RUNNING'
            """;
    static final String OWNERS = """
            select l.endpoint_id from eventsync.lease l
            where l.endpoint_id in (select d.endpoint_id from eventsync.delivery d where d.replay_id = $1)
            order by l.endpoint_id for no key update
            """;
    static final String CANCEL_DELIVERIES = """
            delete from eventsync.delivery d where d.replay_id = $1 and not exists (select 1 from eventsync.endpoint_run r
              cross join lateral jsonb_array_elements(r.open) o
              where r.endpoint_id = d.endpoint_id and o -> 'pos' @> to_jsonb(d.pos))
            """;
    static final String ASK = "update eventsync.lease set asked = asked + 1 where endpoint_id = any ($1)";
    static final String FREE_LETTERS =
            "update eventsync.dead_letter set replay_id = null, moved = false where replay_id = $1";
    static final String DROP_OLD =
            "delete from eventsync.replay where state <> 'RUNNING' and ended_at < clock_timestamp() - $1 * interval '1 millisecond'";

    private static final int MOVE_MAX = 500;

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

    /** Makes a replay of what matches now. Answers whether the name was free. */
    Future<Boolean> create(String id, byte[] filter, double perSecond, DeadLetterQuery query) {
        return pool.withTransaction(client -> client.preparedQuery(INSERT)
                .execute(Tuple.of(id, Buffer.buffer(filter), perSecond))
                .compose(rows -> rows.rowCount() == 0
                        ? Future.succeededFuture(false)
                        : letters.mark(client, query, id)
                                .compose(total -> client.preparedQuery(TOTAL).execute(Tuple.of(id, (long) total)))
                                .map(v -> true)));
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
        return pool.withTransaction(client -> client.preparedQuery(END)
                .execute(Tuple.of(id))
                .compose(ended -> ended.rowCount() == 0
                        ? Future.succeededFuture()
                        : client.preparedQuery(OWNERS)
                                .execute(Tuple.of(id))
                                .compose(owners -> {
                                    List<Long> endpoints = new ArrayList<>();
                                    owners.forEach(row -> endpoints.add(row.getLong(0)));
                                    return client.preparedQuery(CANCEL_DELIVERIES)
                                            .execute(Tuple.of(id))
                                            .compose(v -> client.preparedQuery(ASK)
                                                    .execute(Tuple.of((Object) endpoints.toArray(Long[]::new))));
                                })
                                .compose(v -> client.preparedQuery(FREE_LETTERS).execute(Tuple.of(id)))
                                .mapEmpty()));
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
