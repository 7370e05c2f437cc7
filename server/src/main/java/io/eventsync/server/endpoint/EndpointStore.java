package io.eventsync.server.endpoint;

import io.eventsync.server.event.LogPoint;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * SQL of the endpoints. What changes an endpoint raises its lease's revision, so that its owner reads it anew; and does so first, for
 * the lease is locked before all else of an endpoint.
 */
final class EndpointStore {
    private static final String SELECT = """
            select e.endpoint_id, e.name, e.settings, e.version, (extract(epoch from e.created_at) * 1000000)::bigint,
              (extract(epoch from e.updated_at) * 1000000)::bigint, r.state, r.disable_reason,
              (extract(epoch from r.state_at) * 1000000)::bigint, r.pos, r.fingerprint, r.begin_pos, r.blocked_pos,
              (select count(*) from jsonb_array_elements(r.open) o where o -> 'id' is not null)::int,
              w.n, (select count(*) from (select from eventsync.dead_letter d where d.endpoint_id = e.endpoint_id limit 100000) l),
              (extract(epoch from w.due_at) * 1000000)::bigint,
              (extract(epoch from r.paused_until) * 1000000)::bigint, r.breaker, r.failures_in_row,
              (extract(epoch from r.probe_at) * 1000000)::bigint, r.in_flight_limit,
              (extract(epoch from r.last_success_at) * 1000000)::bigint, (extract(epoch from r.last_failure_at) * 1000000)::bigint,
              case when l.owner = any ((select eventsync.living_nodes())::uuid[]) then l.owner end
            from eventsync.endpoint e
            join eventsync.endpoint_run r on r.endpoint_id = e.endpoint_id
            join eventsync.lease l on l.endpoint_id = e.endpoint_id
            cross join lateral (select count(*)::int as n, min(d.due_at) as due_at from eventsync.delivery d
              where d.endpoint_id = e.endpoint_id) w
            """;

    static final String GET = SELECT + " where e.name = $1";
    static final String LIST =
            SELECT + " where e.name > $1 and ($2::text is null or r.state = $2) order by e.name limit $3";
    static final String COUNT = "select count(*) from eventsync.endpoint";
    static final String SECRETS = "select secrets from eventsync.endpoint where endpoint_id = $1";
    static final String INSERT = """
            with e as (
              insert into eventsync.endpoint (name, settings, secrets) values ($1, $2, $3) on conflict do nothing returning endpoint_id, name),
            n as (insert into eventsync.endpoint_name (endpoint_id, name) select endpoint_id, name from e),
            l as (insert into eventsync.lease (endpoint_id) select endpoint_id from e)
            insert into eventsync.endpoint_run (endpoint_id, state, begin_pos, pos, fingerprint) select endpoint_id, $4, $5, $5, $6 from e
            returning endpoint_id
            """;
    static final String UPDATE = """
            update eventsync.endpoint set settings = $3, secrets = $4, version = version + 1, updated_at = clock_timestamp()
            where endpoint_id = $1 and version = $2
            """;
    static final String FORGET_PREVIOUS =
            "update eventsync.endpoint_run set prev_pos = null, prev_fingerprint = null where endpoint_id = $1";
    static final String REVISE = "update eventsync.lease set revision = revision + 1 where endpoint_id = $1";
    static final String IS_FOLLOWED = """
            select not exists (select from eventsync.lease where endpoint_id = $1 and followed < revision
              and owner = any ((select eventsync.living_nodes())::uuid[]))
            """;
    static final String LOCK =
            "select endpoint_id from eventsync.endpoint where name = $1 and ($2 = 0 or version = $2) for no key update";
    static final String CLOSE_OPEN = "select eventsync.close_open(array[$1::bigint])";
    /** Its dead letters, which may be many, go later. */
    static final String DELETE = "delete from eventsync.endpoint where endpoint_id = $1";

    static final String PAUSE = """
            update eventsync.endpoint_run set state = 'PAUSED', blocked_pos = null, state_at = clock_timestamp()
            where endpoint_id = $1 and state in ('ACTIVE', 'BLOCKED')
            """;
    static final String RESUME = """
            update eventsync.endpoint_run set state = 'ACTIVE', disable_reason = null, blocked_pos = null,
              state_at = case when state = 'ACTIVE' then state_at else clock_timestamp() end,
              breaker = 'CLOSED', failures_in_row = 0, probe_wait_millis = 0, probe_at = null, in_flight_limit = 0, paused_until = null,
              failing_since = null, failed_attempts = 0, failed_pos = null, failed_events = 0, failing_warned = 0
            where endpoint_id = $1
            """;
    static final String UNBLOCK = """
            update eventsync.delivery set state = 'RETRYING', attempts = 0, due_at = clock_timestamp()
            where endpoint_id = $1 and state = 'BLOCKING'
            """;
    static final String SEEK = """
            update eventsync.endpoint_run set generation = generation + 1, begin_pos = $2, pos = $2, fingerprint = $3, prev_pos = null,
              prev_fingerprint = null, ahead = '{}', blocked_pos = null,
              state_at = case when state = 'BLOCKED' then clock_timestamp() else state_at end,
              state = case when state = 'BLOCKED' then 'ACTIVE' else state end
            where endpoint_id = $1
            """;
    static final String KEEP_LETTERS = """
            update eventsync.dead_letter l set replay_id = null, moved = false from eventsync.delivery d
            where d.endpoint_id = $1 and l.endpoint_id = d.endpoint_id and l.pos = d.pos and l.moved
            """;
    static final String CANCEL = "delete from eventsync.delivery where endpoint_id = $1";
    static final String ANNOUNCE =
            "insert into eventsync.system_event (id, tag, key, message, \"json\") values ($1, $2, $3, $4, $5) on conflict do nothing";

    private final Pool pool;

    EndpointStore(Pool pool) {
        this.pool = pool;
    }

    Future<Optional<Endpoint>> get(String name) {
        return pool.preparedQuery(GET)
                .execute(Tuple.of(name))
                .map(rows -> endpoints(rows).stream().findFirst());
    }

    /** In the order of their names, those after {@code after}. */
    Future<List<Endpoint>> list(String after, @Nullable String state, int max) {
        return pool.preparedQuery(LIST).execute(Tuple.of(after, state, max)).map(EndpointStore::endpoints);
    }

    Future<Long> count() {
        return pool.preparedQuery(COUNT)
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<Optional<byte[]>> secrets(long endpoint) {
        return pool.preparedQuery(SECRETS).execute(Tuple.of(endpoint)).map(rows -> {
            Buffer sealed = rows.size() == 0 ? null : rows.iterator().next().getBuffer(0);
            return sealed == null ? Optional.empty() : Optional.of(sealed.getBytes());
        });
    }

    /** Work that belongs together. */
    <T> Future<T> inTransaction(Function<SqlClient, Future<T>> work) {
        return pool.withTransaction(work::apply);
    }

    /** Answers the endpoint's number, or nothing if the name is taken. */
    Future<OptionalLong> insert(
            SqlClient client,
            String name,
            EndpointSettings settings,
            byte @Nullable [] secrets,
            EndpointState state,
            LogPoint point) {
        return client.preparedQuery(INSERT)
                .execute(Tuple.of(
                        name,
                        SettingsJson.encode(settings),
                        secrets == null ? null : Buffer.buffer(secrets),
                        state.name(),
                        point.position(),
                        point.fingerprint()))
                .map(rows -> rows.size() == 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(rows.iterator().next().getLong(0)));
    }

    /** Answers whether the version still was the expected one. */
    Future<Boolean> update(
            SqlClient client, long endpoint, long version, EndpointSettings settings, byte @Nullable [] secrets) {
        return client.preparedQuery(UPDATE)
                .execute(Tuple.of(
                        endpoint,
                        version,
                        SettingsJson.encode(settings),
                        secrets == null ? null : Buffer.buffer(secrets)))
                .map(rows -> rows.rowCount() > 0);
    }

    Future<Void> forgetPrevious(SqlClient client, long endpoint) {
        return on(client, FORGET_PREVIOUS, endpoint);
    }

    Future<Void> revise(SqlClient client, long endpoint) {
        return on(client, REVISE, endpoint);
    }

    /** Whether nobody works the endpoint as it was before the last change. */
    Future<Boolean> isFollowed(long endpoint) {
        return pool.preparedQuery(IS_FOLLOWED)
                .execute(Tuple.of(endpoint))
                .map(rows -> rows.iterator().next().getBoolean(0));
    }

    /**
     * @param version 0 for any
     * @return the endpoint's number, or nothing if there is none of this name and version
     */
    Future<OptionalLong> lock(SqlClient client, String name, long version) {
        return client.preparedQuery(LOCK)
                .execute(Tuple.of(name, version))
                .map(rows -> rows.size() == 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(rows.iterator().next().getLong(0)));
    }

    Future<Void> delete(SqlClient client, long endpoint) {
        return on(client, CLOSE_OPEN, endpoint).compose(v -> on(client, DELETE, endpoint));
    }

    /** Answers whether it was sending before. */
    Future<Boolean> pause(SqlClient client, long endpoint) {
        return client.preparedQuery(PAUSE).execute(Tuple.of(endpoint)).map(rows -> rows.rowCount() > 0);
    }

    Future<Void> resume(SqlClient client, long endpoint) {
        return on(client, RESUME, endpoint).compose(v -> on(client, UNBLOCK, endpoint));
    }

    /** Answers how many waiting deliveries were canceled. */
    Future<Integer> seek(SqlClient client, long endpoint, LogPoint point) {
        return client.preparedQuery(SEEK)
                .execute(Tuple.of(endpoint, point.position(), point.fingerprint()))
                .compose(v -> on(client, KEEP_LETTERS, endpoint))
                .compose(v -> client.preparedQuery(CANCEL).execute(Tuple.of(endpoint)))
                .map(RowSet::rowCount);
    }

    Future<Void> announce(SqlClient client, String id, String tag, String name, String message) {
        return client.preparedQuery(ANNOUNCE)
                .execute(Tuple.of(
                        id,
                        tag,
                        name,
                        name + ": " + message,
                        new JsonObject().put("endpoint", name).encode()))
                .mapEmpty();
    }

    private static Future<Void> on(SqlClient client, String sql, long endpoint) {
        return client.preparedQuery(sql).execute(Tuple.of(endpoint)).mapEmpty();
    }

    private static List<Endpoint> endpoints(RowSet<Row> rows) {
        List<Endpoint> endpoints = new ArrayList<>(rows.size());
        for (Row row : rows) {
            endpoints.add(new Endpoint(
                    row.getLong(0),
                    row.getString(1),
                    SettingsJson.decode(row.getJsonObject(2)),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    status(row)));
        }
        return endpoints;
    }

    private static Endpoint.Status status(Row row) {
        Long blocked = row.getLong(12);
        return new Endpoint.Status(
                EndpointState.valueOf(row.getString(6)),
                Optional.ofNullable(row.getString(7)).map(DisableReason::valueOf),
                row.getLong(8),
                new LogPoint(row.getLong(9), row.getInteger(10)),
                row.getLong(11),
                blocked == null ? 0 : blocked,
                row.getInteger(13),
                row.getInteger(14),
                row.getLong(15),
                optional(row.getLong(16)),
                optional(row.getLong(17)),
                row.getString(18),
                row.getInteger(19),
                optional(row.getLong(20)),
                row.getInteger(21),
                optional(row.getLong(22)),
                optional(row.getLong(23)),
                Optional.<UUID>ofNullable(row.getUUID(24)));
    }

    private static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
