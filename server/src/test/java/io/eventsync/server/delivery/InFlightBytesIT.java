package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightBytesIT {
    private static final int EVENTS = 8;

    @Test
    void largeEvents_areSentAFewAtATime() {
        try (TestServer server = TestServer.start(Map.of("delivery-in-flight-bytes-max", "64KiB"));
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            Queue<HttpServerRequest> open = new ConcurrentLinkedQueue<>();
            AtomicInteger most = new AtomicInteger();
            receiver.answerBy("/large", (request, one) -> {
                open.add(request);
                most.accumulateAndGet(open.size(), Math::max);
            });
            endpoints.create("large");
            String json = "\"" + "x".repeat(30 << 10) + "\"";
            for (int i = 0; i < EVENTS; i++) {
                Object unused = await(server.events()
                        .ingest(IngestRequest.newBuilder()
                                .setEvent(Event.newBuilder().setTag("LARGE").setJson(json))
                                .build()));
            }

            for (int i = 0; i < EVENTS; i++) {
                await().until(() -> !open.isEmpty());
                open.remove().response().end();
            }

            await().until(() -> endpoints.received("large").size() == EVENTS);
            // The third one may start below the limit, the fourth may not.
            assertThat(most.get()).isBetween(2, 3);
        }
    }
}
