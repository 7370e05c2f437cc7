package io.eventsync.server.endpoint;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who changes an endpoint and who records its deliveries lock its lease first, and wait for each other nowhere else. */
@Timeout(60)
class EndpointLockIT {
    private final TestSql sql = new TestSql();

    @AfterEach
    void close() {
        sql.close();
    }

    @Test
    void lock_leavesTheFirstFailedDeliveryItsForeignKey() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        sql.execute(database, "insert into eventsync.endpoint (name, settings) values ('a', '{}')");
        PgConnection pausing = sql.connect(database);
        done(pausing.begin()
                .compose(begun -> pausing.query(
                                EndpointStore.LOCK.replace("$1", "'a'").replace("$2", "0"))
                        .execute()));

        sql.execute(database, """
                set lock_timeout = '1s';
                insert into eventsync.delivery (endpoint_id, pos, state, event_id, tag, key, event, due_at)
                  select endpoint_id, 1, 'RETRYING', 'x', 'X', '', 'x', now() from eventsync.endpoint
                """);

        assertThat(sql.query(database, "select count(*) from eventsync.delivery"))
                .containsExactly("1");
        Future<Void> closed = pausing.close();
        done(closed);
    }
}
