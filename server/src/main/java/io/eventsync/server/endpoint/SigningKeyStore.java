package io.eventsync.server.endpoint;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** SQL of the keys that sign webhooks; their secrets are sealed. */
final class SigningKeyStore {
    static final String INSERT = """
            insert into eventsync.signing_key (key_id, endpoint_id, scheme, public_key, secret, created_at) values ($1, $2, $3, $4, $5, $6)
            """;
    static final String OF = """
            select endpoint_id, key_id, scheme, public_key, secret, (extract(epoch from created_at) * 1000000)::bigint,
              (extract(epoch from expires_at) * 1000000)::bigint
            from eventsync.signing_key where endpoint_id = any ($1) and (expires_at is null or expires_at > clock_timestamp())
            order by created_at desc, key_id
            """;
    /** A key that was rotated before ends at once: at most two of a scheme are alive. */
    static final String RETIRE = """
            with gone as (delete from eventsync.signing_key where endpoint_id = $1 and expires_at is not null)
            update eventsync.signing_key set expires_at = clock_timestamp() + $2 * interval '1 millisecond'
            where endpoint_id = $1 and expires_at is null
            """;

    static final String DELETE_SCHEME = "delete from eventsync.signing_key where endpoint_id = $1 and scheme = $2";

    private final Pool pool;

    SigningKeyStore(Pool pool) {
        this.pool = pool;
    }

    /** @param secret sealed */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sealed(
            String keyId,
            String scheme,
            String publicKey,
            byte[] secret,
            long createdMicros,
            OptionalLong expiresMicros) {}

    Future<Void> insert(SqlClient client, long endpoint, Sealed key) {
        return client.preparedQuery(INSERT)
                .execute(Tuple.of(
                        key.keyId(),
                        endpoint,
                        key.scheme(),
                        key.publicKey(),
                        Buffer.buffer(key.secret()),
                        time(key.createdMicros())))
                .mapEmpty();
    }

    private static OffsetDateTime time(long micros) {
        return Instant.EPOCH.plusNanos(micros * 1_000).atOffset(ZoneOffset.UTC);
    }

    /** Those that sign now, newest first, by endpoint. */
    Future<Map<Long, List<Sealed>>> of(Long[] endpoints) {
        return pool.preparedQuery(OF).execute(Tuple.of((Object) endpoints)).map(rows -> {
            Map<Long, List<Sealed>> keys = new HashMap<>();
            rows.forEach(row -> {
                Long expires = row.getLong(6);
                keys.computeIfAbsent(row.getLong(0), e -> new ArrayList<>())
                        .add(new Sealed(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getBuffer(4).getBytes(),
                                row.getLong(5),
                                expires == null ? OptionalLong.empty() : OptionalLong.of(expires)));
            });
            return keys;
        });
    }

    /** Lets the keys of now sign for so long beside newer ones. */
    Future<Void> retire(SqlClient client, long endpoint, long millis) {
        return client.preparedQuery(RETIRE).execute(Tuple.of(endpoint, millis)).mapEmpty();
    }

    Future<Void> deleteScheme(SqlClient client, long endpoint, String scheme) {
        return client.preparedQuery(DELETE_SCHEME)
                .execute(Tuple.of(endpoint, scheme))
                .mapEmpty();
    }
}
