package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.FaultProxy;
import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestPostgres;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Several nodes on one database. */
class TakeoverIT {
    private static final int ENDPOINTS = 6;
    private static final int EVENTS = 3_000;
    private static final int LOSSES = 6;

    @Test
    void leases_spreadOverNodes_andADeadNodesEndpointsAreTakenOver() {
        try (TestServer first = TestServer.start();
                TestServer second = first.another();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(first, receiver);
            for (int i = 0; i < ENDPOINTS; i++) {
                endpoints.create("spread" + i);
            }
            String owners = "select count(*) from eventsync.lease where owner is not null group by owner";
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> first.query(owners).equals(List.of("3", "3")));

            second.kill();
            for (int i = 0; i < ENDPOINTS; i++) {
                endpoints.ingest("spread" + i, 1);
            }

            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                for (int i = 0; i < ENDPOINTS; i++) {
                    assertThat(endpoints.received("spread" + i)).hasSize(1);
                }
            });
        }
    }

    /** The others say that they live, and count who does, every 100 s: none of that is waited for. */
    @Test
    void endpointsOfADeadNode_areTakenOver_asSoonAsItsLeaseEnds() {
        try (TestServer first = TestServer.start(Map.of("delivery-lease", "5m"));
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(first, receiver);
            endpoints.create("left");
            endpoints.create("kept");
            String owners = "select count(distinct owner) from eventsync.lease";
            try (TestServer second = TestServer.start(first.database(), Map.of("delivery-lease", "5m"))) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> first.query(owners).equals(List.of("2")));
                second.kill();
            }
            first.execute("update eventsync.node set alive_until = now()"
                    + " where started_at = (select max(started_at) from eventsync.node)");

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> first.query(owners).equals(List.of("1")));
            endpoints.ingest("left", 1);
            endpoints.ingest("kept", 1);
            await().until(() -> endpoints.received("left").size() == 1
                    && endpoints.received("kept").size() == 1);
        }
    }

    /** What may take its time is given up after 30 s; who records attempts, or hears of other nodes' events, does not wait for that. */
    @Test
    void L3_webhooksGoOn_onNewConnections_whenTheOldAreForgotten() {
        PgConnectOptions direct = TestPostgres.freshTcpDatabase();
        PgConnectOptions proxied = new PgConnectOptions(direct).setHost("127.0.0.1");
        try (FaultProxy network = FaultProxy.to(direct.getPort());
                TestServer other = TestServer.start(direct, Map.of("delivery-enabled", "false"));
                TestServer server = TestServer.start(proxied.setPort(network.port()), Map.of());
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            endpoints.create("forgotten");
            endpoints.ingest("forgotten", 1);
            await().until(() -> endpoints.received("forgotten").size() == 1);

            network.forget();
            new TestEndpoints(other, receiver).ingest("forgotten", 1, 2, 1);

            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(() -> endpoints.ingest("forgotten", 2, 3, 1));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> endpoints.received("forgotten").size() == 3);
        }
    }

    @Test
    void endpointsOfADeadNode_areTakenOver_whenTheDatabasesClockIsSetBack() {
        try (TestServer first = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(first, receiver);
            endpoints.create("set-back");
            endpoints.ingest("set-back", 1);
            await().until(() -> endpoints.received("set-back").size() == 1);

            first.kill();
            // As it reads once an hour that was wrong has been taken back.
            first.execute("update eventsync.node set beat_at = beat_at + interval '1 hour',"
                    + " alive_until = alive_until + interval '1 hour'");
            try (TestServer second = first.another()) {
                TestEndpoints there = new TestEndpoints(second, receiver);
                there.ingest("set-back", 1, 2, 1);

                await().atMost(Duration.ofSeconds(20))
                        .until(() -> there.ids("set-back").contains("set-back-1"));
            }
        }
    }

    @Test
    void w1_deliveryUnderWayWhenItsNodeDies_readsUnknownAndIsMadeAgain() {
        try (TestServer first = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(first, receiver);
            Set<String> hung = ConcurrentHashMap.newKeySet();
            receiver.answerBy("/hung", (request, one) -> {
                if (!hung.add(one.header("webhook-id"))) {
                    request.response().end();
                }
            });
            endpoints.create("hung");
            endpoints.ingest("hung", 3);
            await().until(() -> endpoints.received("hung").size() == 3);

            first.kill();
            try (TestServer second = first.another()) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> endpoints.received("hung").size() == 6);
                assertThat(new HashSet<>(endpoints.ids("hung"))).hasSize(3);
                assertThat(endpoints.received("hung").get(5).header("eventsync-attempt"))
                        .isEqualTo("2");
                await().untilAsserted(() -> assertThat(second.query(
                                "select outcome || ' ' || number from eventsync.attempts order by number, at"))
                        .containsExactly(
                                "UNKNOWN 1", "UNKNOWN 1", "UNKNOWN 1", "SUCCEEDED 2", "SUCCEEDED 2", "SUCCEEDED 2"));
            }
        }
    }

    @Test
    void leasesLostUnderLoad_costNoSlots() {
        try (TestServer server = TestServer.start(Map.of("delivery-in-flight-max", "16"));
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            for (int i = 0; i < 4; i++) {
                endpoints.create("busy" + i);
                endpoints.ingest("busy" + i, EVENTS);
            }
            for (int i = 0; i < LOSSES; i++) {
                int before = receiver.received().size();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> receiver.received().size() > before || isEachDone(endpoints));
                // While the leases are held, one record waits for them and attempts gather for the next.
                server.execute("begin; update eventsync.lease set epoch = epoch + 1, owner = null;"
                        + " select pg_sleep(0.3); commit");
            }

            await().atMost(Duration.ofSeconds(30)).until(() -> isEachDone(endpoints));
            int done = receiver.received().size();
            for (int i = 0; i < 4; i++) {
                receiver.answerBy("/busy" + i, (request, one) -> {});
                endpoints.ingest("busy" + i, EVENTS, EVENTS + 10, 1);
            }
            // Of 16 slots some are kept for endpoints with less in flight.
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> receiver.received().size() >= done + 10);
        }
    }

    private static boolean isEachDone(TestEndpoints endpoints) {
        for (int i = 0; i < 4; i++) {
            if (new HashSet<>(endpoints.ids("busy" + i)).size() < EVENTS) {
                return false;
            }
        }
        return true;
    }

    @Test
    void stoppedNode_handsItsEndpointsOverAtOnce() {
        try (TestServer first = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(first, receiver);
            endpoints.create("handed");
            endpoints.ingest("handed", 1);
            await().until(() -> endpoints.received("handed").size() == 1);
            await().until(() -> endpoints.status("handed").getInFlight() == 0);

            first.stop();
            try (TestServer second = first.another()) {
                TestEndpoints there = new TestEndpoints(second, receiver);
                there.ingest("handed", 1, 2, 1);

                await().atMost(Duration.ofSeconds(4))
                        .until(() -> there.received("handed").size() == 2);
                assertThat(there.ids("handed")).containsExactly("handed-0", "handed-1");
            }
        }
    }
}
