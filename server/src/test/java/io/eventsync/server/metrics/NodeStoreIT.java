package io.eventsync.server.metrics;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the operator's alerts go by. */
@Timeout(60)
class NodeStoreIT {
    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final Vertx vertx = Vertx.vertx();
    private final TestSql sql = new TestSql();
    private final NodeStore store = new NodeStore(PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(1))
            .connectingTo(database)
            .using(vertx)
            .build());

    @AfterEach
    void close() {
        done(vertx.close());
        sql.close();
    }

    @Test
    void retryIsLate_onlyWhereItCouldBeSent() {
        assertThat(late()).isZero();
        endpoint("paused", "state = 'PAUSED'");
        endpoint("disabled", "state = 'DISABLED', disable_reason = 'GONE'");
        endpoint("down", "breaker = 'OPEN'");
        endpoint("asked-to-wait", "paused_until = now() + interval '1 hour'");
        endpoint("worked-on", "last_failure_at = now()");
        endpoint("resumed", "state_at = now()");
        assertThat(late()).isLessThan(60);

        endpoint("left-alone", "last_success_at = now() - interval '10 minutes'");
        assertThat(late()).isBetween(600.0, 660.0);
    }

    @Test
    void longestFailing_isNamed_howLittleSoeverItLags() {
        for (int i = 0; i < NodeStore.NAMES_MAX; i++) {
            endpoint("behind-" + i, "failing_since = null, pos = 0");
        }
        sql.execute(database, "insert into eventsync.mark (pos) values (10)");
        endpoint("dead", "failing_since = now() - interval '2 hours', pos = 10");

        assertThat(await(store.endpoints()))
                .hasSize(NodeStore.NAMES_MAX)
                .noneMatch(lag -> lag.name().equals("dead"));
        assertThat(await(store.failing())).singleElement().satisfies(failing -> {
            assertThat(failing.name()).isEqualTo("dead");
            assertThat(failing.seconds()).isBetween(7_200.0, 7_260.0);
        });
    }

    /** Asked every 15 s, and most where one receiver is down: its deliveries are all that the planner knows of. */
    @Test
    void lateRetries_areFoundByTheirEndpoint() {
        sql.execute(database, """
                insert into eventsync.endpoint (name, settings) select 'e' || i, '{}' from generate_series(1, 2000) i;
                insert into eventsync.endpoint_run (endpoint_id, state, begin_pos, pos, fingerprint)
                  select endpoint_id, 'ACTIVE', 0, 0, 0 from eventsync.endpoint;
                insert into eventsync.delivery (endpoint_id, pos, state, event_id, tag, key, event, due_at)
                  select (select min(endpoint_id) from eventsync.endpoint), i, 'RETRYING', 'x', 'X', '', repeat('x', 600)::bytea, now()
                  from generate_series(1, 10000) i;
                analyze eventsync.delivery;
                analyze eventsync.endpoint_run
                """);

        List<String> plan = sql.query(database, "explain " + NodeStore.BACKLOG);

        assertThat(plan).anyMatch(line -> line.contains("delivery_pkey"));
        assertThat(plan.stream().filter(line -> line.contains("Seq Scan on delivery")))
                .as("but for counting")
                .hasSizeLessThanOrEqualTo(1);
    }

    private double late() {
        return await(store.backlog()).oldestDueSeconds();
    }

    /** With a retry that has been due for an hour. */
    private void endpoint(String name, String run) {
        sql.execute(database, """
                insert into eventsync.endpoint (name, settings) values ('%1$s', '{}');
                insert into eventsync.endpoint_run (endpoint_id, state, begin_pos, pos, fingerprint, state_at)
                  select endpoint_id, 'ACTIVE', 0, 0, 0, now() - interval '1 day' from eventsync.endpoint where name = '%1$s';
                update eventsync.endpoint_run set %2$s
                  where endpoint_id = (select endpoint_id from eventsync.endpoint where name = '%1$s');
                insert into eventsync.delivery (endpoint_id, pos, state, event_id, tag, key, event, due_at)
                  select endpoint_id, 1, 'RETRYING', 'x', 'X', '', 'x', now() - interval '1 hour'
                  from eventsync.endpoint where name = '%1$s';
                """.formatted(name, run));
    }
}
