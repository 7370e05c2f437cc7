package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.v1.Breaker;
import io.eventsync.v1.EndpointState;
import io.eventsync.v1.ResumeEndpointRequest;
import io.eventsync.v1.RetryDeliveryRequest;
import io.eventsync.v1.RotateEndpointSecretRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Callers change an endpoint while its owner is at work: the last word is theirs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContestedEndpointIT {
    private final TestServer server = TestServer.start();
    private final TestReceiver receiver = new TestReceiver();
    private final TestEndpoints endpoints = new TestEndpoints(server, receiver);

    @AfterAll
    void close() {
        server.close();
        receiver.close();
    }

    private void retry(String endpoint, long position) {
        Object unused = await(server.deliveries()
                .retryDelivery(RetryDeliveryRequest.newBuilder()
                        .setEndpoint(endpoint)
                        .setPosition(position)
                        .build()));
    }

    private void resume(String endpoint) {
        Object unused = await(server.endpoints()
                .resumeEndpoint(
                        ResumeEndpointRequest.newBuilder().setName(endpoint).build()));
    }

    @Test
    void resume_closesTheBreaker_whileTheEndpointIsWorked() {
        endpoints.create("broken", e -> e.setRetryPolicy(TestEndpoints.quick(100)));
        receiver.answer("/broken", request -> 500);
        endpoints.ingest("broken", 1);
        await().until(() -> endpoints.status("broken").getBreaker().getState() == Breaker.State.STATE_OPEN);
        receiver.answer("/broken", request -> 200);

        resume("broken");

        await().untilAsserted(() ->
                assertThat(endpoints.status("broken").getRetrying()).isZero());
        assertThat(endpoints.status("broken").getBreaker().getState()).isEqualTo(Breaker.State.STATE_CLOSED);
    }

    @Test
    void resume_holds_whenTheLastRequestEndsAfterIt() {
        endpoints.create("gone");
        CountDownLatch resumed = new CountDownLatch(1);
        receiver.answer("/gone", request -> {
            if (request.header("webhook-id").equals("evt_gone-1")) {
                return isReached(resumed) ? 200 : 500;
            }
            return request.header("eventsync-attempt").equals("1") ? 410 : 200;
        });
        endpoints.ingest("gone", 2);
        await().until(() -> endpoints.state("gone") == EndpointState.ENDPOINT_STATE_DISABLED);

        resume("gone");
        resumed.countDown();

        await().untilAsserted(() ->
                assertThat(endpoints.ids("gone")).containsOnlyOnce("gone-1").hasSize(3));
        assertThat(endpoints.state("gone")).isEqualTo(EndpointState.ENDPOINT_STATE_ACTIVE);
    }

    private static boolean isReached(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void attemptNumber_goesOn_whenADeliveredEventIsSentAgain() {
        endpoints.create("again");
        endpoints.ingest("again", 1);
        await().until(() -> endpoints.status("again").getLagEvents() == 0);
        long position = endpoints.attempts("again").get(0).getPosition();

        retry("again", position);

        await().until(() -> endpoints.received("again").size() == 2);
        assertThat(endpoints.received("again").get(1).header("eventsync-attempt"))
                .isEqualTo("2");
    }

    @Test
    void previousCursor_staysKnown_whenSomethingElseThanTheFilterChanges() {
        endpoints.create("kept");
        endpoints.ingest("kept", 1);
        await().until(() -> endpoints.status("kept").getLagEvents() == 0);

        Object unused = await(server.endpoints()
                .rotateEndpointSecret(
                        RotateEndpointSecretRequest.newBuilder().setName("kept").build()));
        endpoints.ingest("kept", 1, 2, 1);

        await().until(() -> endpoints.received("kept").size() == 2);
        assertThat(endpoints.received("kept").get(1).header("eventsync-prev-cursor"))
                .isEqualTo(endpoints.received("kept").get(0).header("eventsync-cursor"));
    }
}
