package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.v1.EndpointState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A failover to a standby that lagged: what an endpoint was sent is not in the log any more, and something else is. */
@Timeout(120)
class LostHistoryIT {
    private static final Duration WAIT = Duration.ofSeconds(30);

    @Test
    void R8_endpointWhosePlaceWasLost_isDisabledAndSaysWhy_notFedFromTheOtherHistory() {
        try (TestServer server = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            endpoints.create("lost");
            endpoints.ingest("lost", 10);
            await().atMost(WAIT).until(() -> endpoints.received("lost").size() == 10);
            await().atMost(WAIT)
                    .untilAsserted(() -> assertThat(server.query("select r.pos >= last from eventsync.endpoint_run r,"
                                    + " (select max(pos) as last from eventsync.event where id like 'lost-%') e"))
                            .containsExactly("true"));

            server.execute("begin; create temp table gone as select * from eventsync.event"
                    + " where pos > (select max(pos) - 3 from eventsync.event where id like 'lost-%');"
                    + " delete from eventsync.event where pos in (select pos from gone);"
                    + " insert into eventsync.event (pos, at, tag_id, id, body)"
                    + " select pos, at, tag_id, 'other-' || pos, body from gone; drop table gone; commit");

            await().atMost(WAIT).until(() -> endpoints.state("lost") == EndpointState.ENDPOINT_STATE_DISABLED);
            assertThat(server.query("select disable_reason from eventsync.endpoint_run"))
                    .containsExactly("CURSOR_EXPIRED");
            assertThat(endpoints.received("lost")).hasSize(10);
        }
    }
}
