package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.standardwebhooks.Webhook;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Attempt;
import io.eventsync.v1.AttemptError;
import io.eventsync.v1.AttemptOutcome;
import io.eventsync.v1.BatchSettings;
import io.eventsync.v1.DisableReason;
import io.eventsync.v1.EndpointState;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Ordering;
import io.eventsync.v1.RetryPolicy;
import io.eventsync.v1.RetrySchedule;
import io.eventsync.v1.RotateEndpointSecretRequest;
import io.eventsync.v1.SendTestEventRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a receiver sees of an endpoint, and what is on record of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookIT {
    private final TestServer server = TestServer.start();
    private final TestReceiver receiver = new TestReceiver();
    private final TestEndpoints endpoints = new TestEndpoints(server, receiver);

    @AfterAll
    void close() {
        server.close();
        receiver.close();
    }

    private static void verify(String secret, TestReceiver.Received request) throws Exception {
        Map<String, List<String>> headers = new TreeMap<>();
        request.headers().forEach(h -> headers.put(h.getKey(), List.of(h.getValue())));
        new Webhook(secret)
                .verify(request.body().toString(StandardCharsets.UTF_8), HttpHeaders.of(headers, (a, b) -> true));
    }

    @Test
    void webhook_isSignedAndOnRecord() throws Exception {
        endpoints.create("first");
        endpoints.ingest("first", 0, 1, 1);
        endpoints.ingest("unwanted", 1);
        endpoints.ingest("first", 1, 2, 1);

        await().until(() -> endpoints.received("first").size() == 2);

        TestReceiver.Received one = endpoints.received("first").get(0);
        verify(endpoints.secret("first"), one);
        assertThat(one.header("webhook-id")).isEqualTo("evt_first-0");
        assertThat(one.header("eventsync-attempt")).isEqualTo("1");
        assertThat(one.body().toJsonObject().getJsonObject("data")).isEqualTo(new JsonObject().put("n", 0));
        assertThat(endpoints.received("first").get(1).header("eventsync-prev-cursor"))
                .isEqualTo(one.header("eventsync-cursor"));
        await().untilAsserted(() -> assertThat(endpoints.attempts("first"))
                .hasSize(2)
                .allMatch(a -> a.getOutcome() == AttemptOutcome.ATTEMPT_OUTCOME_SUCCEEDED));
        await().untilAsserted(() ->
                assertThat(endpoints.status("first").getLagEvents()).isZero());
    }

    @Test
    void w2_failedDelivery_isRetriedWithTheSameIdAndBytes() {
        endpoints.create("flaky");
        receiver.answer("/flaky", request -> request.header("eventsync-attempt").equals("1") ? 500 : 200);

        endpoints.ingest("flaky", 1);

        await().until(() -> endpoints.received("flaky").size() == 2);
        List<TestReceiver.Received> both = endpoints.received("flaky");
        assertThat(both.get(1).header("webhook-id")).isEqualTo(both.get(0).header("webhook-id"));
        assertThat(both.get(1).header("eventsync-attempt")).isEqualTo("2");
        assertThat(both.get(1).body()).isEqualTo(both.get(0).body());
        await().untilAsserted(() -> assertThat(server.query(
                        "select outcome || ' ' || status from eventsync.attempts where endpoint = 'flaky' order by at"))
                .containsExactly("FAILED 500", "SUCCEEDED 200"));
        await().untilAsserted(() -> assertThat(
                        server.query("select count(*) from eventsync.deliveries where endpoint = 'flaky'"))
                .containsExactly("0"));
    }

    @Test
    void w3_attemptIsOnRecord_beforeItsBytesLeave() {
        endpoints.create("audited");
        Set<String> unrecorded = ConcurrentHashMap.newKeySet();
        receiver.answer("/audited", request -> {
            String started =
                    "select count(*) from eventsync.attempts where endpoint = 'audited' and outcome = 'STARTED'"
                            + " and event_id = '" + request.header("webhook-id").substring(4) + "'";
            if (!server.query(started).equals(List.of("1"))) {
                unrecorded.add(request.header("webhook-id"));
            }
            return 200;
        });

        endpoints.ingest("audited", 20);

        await().until(() -> endpoints.received("audited").size() == 20);
        assertThat(unrecorded).isEmpty();
    }

    @Test
    void gone_disablesTheEndpoint_andResumeGoesOnWhereItStopped() {
        endpoints.create("gone", e -> e.setOrdering(Ordering.ORDERING_ORDERED));
        receiver.answer("/gone", request -> 410);
        endpoints.ingest("gone", 3);
        await().until(() -> endpoints.state("gone") == EndpointState.ENDPOINT_STATE_DISABLED);
        assertThat(endpoints.status("gone").getDisableReason()).isEqualTo(DisableReason.DISABLE_REASON_GONE);
        assertThat(endpoints.received("gone")).hasSize(1);

        receiver.answer("/gone", request -> 200);
        Object unused = await(server.endpoints()
                .resumeEndpoint(io.eventsync.v1.ResumeEndpointRequest.newBuilder()
                        .setName("gone")
                        .build()));

        await().until(() -> endpoints.received("gone").size() == 4);
        assertThat(endpoints.ids("gone")).containsExactly("gone-0", "gone-0", "gone-1", "gone-2");
        await().until(() -> server.query(
                        "select count(*) from eventsync.events where tag in ('$SYSTEM.ENDPOINT.DISABLED', '$SYSTEM.ENDPOINT.RESUMED') and key = 'gone'")
                .equals(List.of("2")));
    }

    @Test
    void retryAfter_pausesTheWholeEndpoint() {
        endpoints.create("busy", e -> e.setOrdering(Ordering.ORDERING_ORDERED));
        receiver.answerBy(
                "/busy",
                (request, one) -> request.response()
                        .setStatusCode(one.header("eventsync-attempt").equals("1") ? 429 : 200)
                        .putHeader("retry-after", "1")
                        .end());
        endpoints.ingest("busy", 1);

        await().until(() -> endpoints.received("busy").size() == 2);

        List<Attempt> attempts = endpoints.attempts("busy");
        assertThat(attempts.get(1).getError()).isEqualTo(AttemptError.ATTEMPT_ERROR_THROTTLED);
        long gapMillis = Durations.toMillis(Timestamps.between(
                attempts.get(1).getStartTime(), attempts.get(0).getStartTime()));
        assertThat(gapMillis).isGreaterThanOrEqualTo(1_000);
    }

    @ParameterizedTest
    @EnumSource(
            value = Ordering.class,
            names = {"ORDERING_ORDERED", "ORDERING_ORDERED_BY_KEY"})
    void w6_orderIsKept_whileDeliveriesFail(Ordering ordering) {
        String name = ordering == Ordering.ORDERING_ORDERED ? "ordered" : "keyed";
        endpoints.create(name, e -> e.setOrdering(ordering));
        receiver.answer(
                "/" + name,
                request -> request.header("eventsync-attempt").equals("1")
                                && Math.floorMod(request.header("webhook-id").hashCode(), 7) == 0
                        ? 503
                        : 200);

        endpoints.ingest(name, 0, 200, 5);

        await().untilAsserted(
                        () -> assertThat(new HashSet<>(endpoints.ids(name))).hasSize(200));
        Set<String> seen = new HashSet<>();
        int step = ordering == Ordering.ORDERING_ORDERED ? 1 : 5;
        for (String id : endpoints.ids(name)) {
            int i = Integer.parseInt(id.substring(name.length() + 1));
            assertThat(i < step || seen.contains(name + "-" + (i - step)))
                    .as("%s came before its predecessor", id)
                    .isTrue();
            seen.add(id);
        }
    }

    @Test
    void exhaustedDelivery_blocksTheEndpoint_whenAsked() {
        endpoints.create(
                "blocked",
                e -> e.setOrdering(Ordering.ORDERING_ORDERED)
                        .setOnExhausted(io.eventsync.v1.ExhaustedPolicy.EXHAUSTED_POLICY_BLOCK)
                        .setRetryPolicy(TestEndpoints.quick(2)));
        receiver.answer("/blocked", request -> request.header("webhook-id").equals("evt_blocked-1") ? 500 : 200);
        endpoints.ingest("blocked", 3);

        await().until(() -> endpoints.state("blocked") == EndpointState.ENDPOINT_STATE_BLOCKED);
        assertThat(endpoints.ids("blocked")).containsExactly("blocked-0", "blocked-1", "blocked-1");

        receiver.answer("/blocked", request -> 200);
        Object unused = await(server.deliveries()
                .retryDelivery(io.eventsync.v1.RetryDeliveryRequest.newBuilder()
                        .setEndpoint("blocked")
                        .setEventId("blocked-1")
                        .build()));
        await().untilAsserted(() -> assertThat(endpoints.ids("blocked"))
                .containsExactly("blocked-0", "blocked-1", "blocked-1", "blocked-1", "blocked-2"));
    }

    /** Both were in flight when the first one blocked. */
    @Test
    void allThatBlock_areTriedAgain_whenOneOfThemIs() {
        endpoints.create(
                "twice",
                e -> e.setOnExhausted(io.eventsync.v1.ExhaustedPolicy.EXHAUSTED_POLICY_BLOCK)
                        .setRetryPolicy(TestEndpoints.quick(1)));
        receiver.answer("/twice", request -> 500);
        endpoints.ingest("twice", 2);
        await().until(() -> server.query(
                        "select count(*) from eventsync.deliveries where endpoint = 'twice' and state = 'BLOCKING'")
                .equals(List.of("2")));

        receiver.answer("/twice", request -> 200);
        Object unused = await(server.deliveries()
                .retryDelivery(io.eventsync.v1.RetryDeliveryRequest.newBuilder()
                        .setEndpoint("twice")
                        .setPosition(endpoints.status("twice").getBlockedPosition())
                        .build()));

        await().until(() -> endpoints.received("twice").size() == 4);
        await().until(() -> endpoints.status("twice").getRetrying() == 0);
    }

    @Test
    void batch_isAcknowledgedInPart() {
        endpoints.create(
                "batched",
                e -> e.setWebhook(e.getWebhook().toBuilder()
                        .setBatch(BatchSettings.newBuilder().setMaxEvents(10).setMaxWait(TestEndpoints.millis(50)))));
        receiver.answerBy("/batched", (request, one) -> {
            JsonArray events = one.body().toJsonObject().getJsonArray("events");
            boolean isFirst = one.header("eventsync-attempt").equals("1") && events.size() > 1;
            request.response().end(isFirst ? "{\"failed\":[\"batched-3\"]}" : "");
        });

        endpoints.ingest("batched", 10);

        await().until(() -> endpoints.received("batched").size() == 2);
        assertThat(ids(endpoints.received("batched").get(0)))
                .isEqualTo(IntStream.range(0, 10).mapToObj(i -> "batched-" + i).toList());
        assertThat(ids(endpoints.received("batched").get(1))).containsExactly("batched-3");
        Attempt first = endpoints.attempts("batched").get(1);
        assertThat(first.getBatchPositionsCount()).isEqualTo(10);
        assertThat(first.getUnacknowledgedPositionsList()).containsExactly(first.getBatchPositions(3));
    }

    private static List<String> ids(TestReceiver.Received batch) {
        return batch.body().toJsonObject().getJsonArray("events").stream()
                .map(e -> ((JsonObject) e).getString("id"))
                .toList();
    }

    @Test
    void rotatedSecret_signsBesideTheOldOne() throws Exception {
        endpoints.create("rotated");
        String after = await(server.endpoints()
                        .rotateEndpointSecret(RotateEndpointSecretRequest.newBuilder()
                                .setName("rotated")
                                .build()))
                .getSigningSecret();

        await().untilAsserted(() -> {
            endpoints.ingest("rotated", endpoints.received("rotated").size() + 1);
            List<TestReceiver.Received> received = endpoints.received("rotated");
            assertThat(received).isNotEmpty();
            verify(after, received.get(received.size() - 1));
            verify(endpoints.secret("rotated"), received.get(received.size() - 1));
        });
    }

    @Test
    void testEvent_isSentWhilePaused() {
        endpoints.create("tested");
        Object unused = await(server.endpoints()
                .pauseEndpoint(io.eventsync.v1.PauseEndpointRequest.newBuilder()
                        .setName("tested")
                        .build()));

        Attempt attempt = await(server.endpoints()
                        .sendTestEvent(SendTestEventRequest.newBuilder()
                                .setName("tested")
                                .build()))
                .getAttempt();

        assertThat(attempt.getOutcome()).isEqualTo(AttemptOutcome.ATTEMPT_OUTCOME_SUCCEEDED);
        assertThat(attempt.getTest()).isTrue();
        assertThat(endpoints.received("tested").get(0).body().toString()).contains("$SYSTEM.TEST");
    }

    @Test
    void systemEvents_neverTellOfAnEndpointThatReadsThem() {
        endpoints.create(
                "watcher",
                e -> e.setFilter(Filter.newBuilder().addTagPrefixes("$SYSTEM"))
                        .setRetryPolicy(RetryPolicy.newBuilder().setSchedule(RetrySchedule.RETRY_SCHEDULE_NONE)));
        receiver.answer("/watcher", request -> 500);
        endpoints.create("subject");

        await().until(() -> !endpoints.received("watcher").isEmpty());
        await().until(() -> endpoints.status("watcher").getDeadLetters() > 0);

        assertThat(server.query("select count(*) from eventsync.events where key = 'watcher'"))
                .containsExactly("0");
        assertThat(endpoints.received("watcher").get(0).body().toString()).contains("$SYSTEM.ENDPOINT.");
    }
}
