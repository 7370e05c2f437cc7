package io.eventsync.server.auth;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TokenStoreIT {
    private final TestSql sql = new TestSql();
    private final Vertx vertx = Vertx.vertx();
    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final Pool pool =
            PgBuilder.pool().connectingTo(database).using(vertx).build();
    private final TokenStore store = new TokenStore(pool);

    @AfterEach
    void close() {
        done(pool.close());
        done(vertx.close());
        sql.close();
    }

    @Test
    void limit_holds_thoughTwoAreMadeAtOnce() {
        PgConnection other = sql.connect(database);
        done(other.begin().compose(begun -> other.query("""
                        update eventsync.api_token_revision set revision = revision + 1;
                        insert into eventsync.api_token (token_id, display_name, hash, grants) values ('abcdefgh12345678', 'a', sha256(''), '{read:*}')
                        """).execute()));

        Future<Optional<Instant>> made = insert();
        await().until(() -> sql.query(database, "select count(*) from pg_locks where not granted")
                .equals(List.of("1")));
        done(other.query("commit").execute().compose(v -> other.close()));

        assertThat(TestSql.await(made)).isEmpty();
        sql.execute(database, "delete from eventsync.api_token");
        assertThat(TestSql.await(insert())).isPresent();
        assertThat(TestSql.await(store.revision())).isGreaterThan(1);
    }

    private Future<Optional<Instant>> insert() {
        return store.insert(
                TokenSecret.random(), "b", List.of(Grant.parse("read:*").orElseThrow()), Optional.empty(), 1);
    }
}
