package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestPostgres;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The server's own events on their way into the log. */
class SystemEventsIT {
    private static final String WAITING = "select count(*) from eventsync.system_event";

    /** More than a page of them. */
    @Test
    void eventsThatTheLogDoesNotTake_holdUpNoOthers_andGoInOnceItDoes() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        try (TestServer full = TestServer.start(database, Map.of("log-tags-max", "2"));
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(full, receiver);
            endpoints.create("first");
            await().until(() -> full.query(WAITING).get(0).equals("0"));
            endpoints.ingest("first", 1);
            full.execute("""
                    insert into eventsync.system_event (id, tag, key, message, "json")
                    select 'new-' || g, '$SYSTEM.ENDPOINT.DISABLED', 'first', '', '{}' from generate_series(1, 600) g;
                    """);
            endpoints.create("second");

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> full.query("select count(*) from eventsync.events where key = 'second'")
                            .get(0)
                            .equals("1"));
            assertThat(full.query(WAITING)).containsExactly("600");
        }

        try (TestServer roomy = TestServer.start(database, Map.of())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> roomy.query(WAITING).get(0).equals("0"));
            assertThat(roomy.query("select count(*) from eventsync.events where id like 'new-%'"))
                    .containsExactly("600");
        }
    }
}
