package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Endpoints share a node, not each other's troubles. */
@Timeout(120)
class IsolationIT {
    private static final int HANGING = 30;
    private static final int REFUSING = 5;
    private static final int HEALTHY = 10;
    private static final int EVENTS = 60;

    /** The bad ones alone have seven times as many events as the node has requests at once, and came first. */
    @Test
    void W5_healthyEndpointsGetEverything_whileOthersHangAndRefuse() {
        try (TestServer server = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            AtomicInteger hanging = new AtomicInteger();
            for (int i = 0; i < HANGING; i++) {
                receiver.answerBy("/hanging" + i, (request, one) -> hanging.incrementAndGet());
                endpoints.create("hanging" + i);
                endpoints.ingest("hanging" + i, EVENTS);
            }
            for (int i = 0; i < REFUSING; i++) {
                receiver.answer("/refusing" + i, request -> 500);
                endpoints.create("refusing" + i);
                endpoints.ingest("refusing" + i, EVENTS);
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> hanging.get() >= HANGING);

            long started = System.nanoTime();
            for (int i = 0; i < HEALTHY; i++) {
                endpoints.create("healthy" + i);
                endpoints.ingest("healthy" + i, EVENTS);
            }
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                for (int i = 0; i < HEALTHY; i++) {
                    assertThat(endpoints.received("healthy" + i)).hasSize(EVENTS);
                }
            });

            System.out.println("IsolationIT hanging_requests=" + hanging + " healthy_ms="
                    + Duration.ofNanos(System.nanoTime() - started).toMillis());
            for (int i = 0; i < HANGING; i++) {
                assertThat(endpoints.received("hanging" + i)).hasSizeBetween(1, 8);
            }
        }
    }
}
