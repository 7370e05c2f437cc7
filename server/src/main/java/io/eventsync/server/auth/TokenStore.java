package io.eventsync.server.auth;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** SQL of API tokens. */
final class TokenStore {
    static final String REVISION = "select revision from eventsync.api_token_revision";
    static final String LIVE = """
            select token_id, display_name, grants, expires_at, created_at, last_used_at, hash
            from eventsync.api_token where revoked_at is null order by created_at, token_id limit $1
            """;
    /** First, and by itself: two who make tokens at once are to count each other's. */
    static final String LOCK = "update eventsync.api_token_revision set revision = revision + 1";

    static final String INSERT = """
            insert into eventsync.api_token (token_id, display_name, hash, grants, expires_at)
            select $1, $2, $3, $4, $5
            where (select count(*) from eventsync.api_token where revoked_at is null) < $6
            returning created_at
            """;

    static final String REVOKE = """
            with revoked as (
              update eventsync.api_token set revoked_at = clock_timestamp() where token_id = $1 and revoked_at is null returning token_id),
            changed as (update eventsync.api_token_revision set revision = revision + 1 where exists (select from revoked) returning revision)
            select token_id from revoked, changed
            """;
    static final String USED =
            "update eventsync.api_token set last_used_at = clock_timestamp() where token_id = any ($1)";

    private final Pool pool;

    TokenStore(Pool pool) {
        this.pool = pool;
    }

    /** A token with the hash of its text. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record Stored(ApiToken token, byte[] hash) {}

    Future<Long> revision() {
        return pool.preparedQuery(REVISION)
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** Those that are not revoked, the oldest first. */
    Future<List<Stored>> live(int max) {
        return pool.preparedQuery(LIVE).execute(Tuple.of(max)).map(rows -> {
            List<Stored> all = new ArrayList<>();
            rows.forEach(row -> all.add(stored(row)));
            return all;
        });
    }

    private static Stored stored(Row row) {
        List<Grant> grants = Arrays.stream(row.getArrayOfStrings(2))
                .flatMap(text -> Grant.parse(text).stream())
                .toList();
        ApiToken token = new ApiToken(
                row.getString(0),
                row.getString(1),
                grants,
                instant(row.getOffsetDateTime(3)),
                row.getOffsetDateTime(4).toInstant(),
                instant(row.getOffsetDateTime(5)));
        return new Stored(token, row.getBuffer(6).getBytes());
    }

    private static Optional<Instant> instant(@Nullable OffsetDateTime time) {
        return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
    }

    /** When it was made; empty if there are as many as may be. */
    Future<Optional<Instant>> insert(
            TokenSecret secret, String displayName, List<Grant> grants, Optional<Instant> expires, int max) {
        Tuple row = Tuple.tuple()
                .addString(secret.id())
                .addString(displayName)
                .addBuffer(Buffer.buffer(secret.hash()))
                .addArrayOfString(grants.stream().map(Grant::toString).toArray(String[]::new))
                .addOffsetDateTime(expires.map(e -> e.atOffset(ZoneOffset.UTC)).orElse(null))
                .addInteger(max);
        return pool.withTransaction(client -> client.preparedQuery(LOCK)
                        .execute()
                        .compose(v -> client.preparedQuery(INSERT).execute(row)))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : instant(rows.iterator().next().getOffsetDateTime(0)));
    }

    /** Whether there was one to revoke. */
    Future<Boolean> revoke(String id) {
        return pool.preparedQuery(REVOKE).execute(Tuple.of(id)).map(rows -> rows.size() > 0);
    }

    Future<Void> used(Collection<String> ids) {
        Tuple row = Tuple.tuple().addArrayOfString(ids.toArray(String[]::new));
        return pool.preparedQuery(USED).execute(row).mapEmpty();
    }
}
