package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.FieldMask;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.DeliveryVerdict;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointState;
import io.eventsync.v1.ExplainDeliveryRequest;
import io.eventsync.v1.Filter;
import io.eventsync.v1.ListDeliveriesRequest;
import io.eventsync.v1.PauseEndpointRequest;
import io.eventsync.v1.ResumeEndpointRequest;
import io.eventsync.v1.SeekConsumerRequest;
import io.eventsync.v1.SeekEndpointRequest;
import io.eventsync.v1.SeekEndpointResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.UpdateEndpointRequest;
import io.eventsync.v1.WatchAttemptsRequest;
import io.eventsync.v1.WatchAttemptsResponse;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Pausing, moving, changing and asking about endpoints. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlIT {
    private final TestServer server = TestServer.start();
    private final TestReceiver receiver = new TestReceiver();
    private final TestEndpoints endpoints = new TestEndpoints(server, receiver);

    @AfterAll
    void close() {
        server.close();
        receiver.close();
    }

    private void pause(String name) {
        pause(server, name);
    }

    private static void pause(TestServer server, String name) {
        Object unused = await(server.endpoints()
                .pauseEndpoint(PauseEndpointRequest.newBuilder().setName(name).build()));
    }

    private void resume(String name) {
        resume(server, name);
    }

    private static void resume(TestServer server, String name) {
        Object unused = await(server.endpoints()
                .resumeEndpoint(ResumeEndpointRequest.newBuilder().setName(name).build()));
    }

    private DeliveryVerdict explain(String name, String event) {
        return await(server.deliveries()
                        .explainDelivery(ExplainDeliveryRequest.newBuilder()
                                .setEndpoint(name)
                                .setEventId(event)
                                .build()))
                .getVerdict();
    }

    @Test
    void pausedEndpoint_losesNothing() {
        endpoints.create("paused");
        endpoints.ingest("paused", 0, 5, 1);
        await().until(() -> endpoints.received("paused").size() == 5);

        pause("paused");
        endpoints.ingest("paused", 5, 10, 1);
        assertThat(endpoints.state("paused")).isEqualTo(EndpointState.ENDPOINT_STATE_PAUSED);
        assertThat(explain("paused", "paused-7")).isEqualTo(DeliveryVerdict.DELIVERY_VERDICT_ENDPOINT_PAUSED);
        assertThat(explain("paused", "paused-0")).isEqualTo(DeliveryVerdict.DELIVERY_VERDICT_DELIVERED);
        assertThat(endpoints.received("paused")).hasSize(5);

        resume("paused");
        await().until(() -> endpoints.received("paused").size() == 10);
        assertThat(endpoints.ids("paused"))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 10).mapToObj(i -> "paused-" + i).toList());
    }

    @Test
    void seek_sendsAgainWithTheSameIds() {
        endpoints.create("sought");
        endpoints.ingest("sought", 4);
        await().until(() -> endpoints.received("sought").size() == 4);

        SeekEndpointResponse sought = await(server.endpoints()
                .seekEndpoint(SeekEndpointRequest.newBuilder()
                        .setName("sought")
                        .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING))
                        .build()));

        assertThat(sought.getEndpoint().getStatus().getPosition()).isZero();
        await().until(() -> endpoints.received("sought").size() == 8);
        assertThat(endpoints.ids("sought").subList(4, 8))
                .hasSameElementsAs(endpoints.ids("sought").subList(0, 4));
    }

    @Test
    void update_changesTheFilterAndKeepsThePlace() {
        endpoints.create("updated");
        endpoints.ingest("updated", 0, 2, 1);
        await().until(() -> endpoints.received("updated").size() == 2);

        Endpoint after = setFilter(server, "updated", "OTHER");
        endpoints.ingest("updated", 2, 4, 1);
        endpoints.ingest("other", 1);

        await().until(() -> endpoints.received("updated").size() == 3);
        assertThat(after.getWebhook().getUrl()).isEqualTo(receiver.url("/updated"));
        assertThat(endpoints.ids("updated")).contains("other-0");
    }

    /** A node knows its share of the endpoints from its beat, which comes every 100 s here. */
    @Test
    void newOrResumedEndpoint_isWorkedAtOnce_howSeldomSoeverNodesBeat() {
        try (TestServer slow = TestServer.start(Map.of("delivery-lease", "5m"));
                TestReceiver its = new TestReceiver()) {
            TestEndpoints created = new TestEndpoints(slow, its);
            for (String name : List.of("first", "second")) {
                created.create(name);
                created.ingest(name, 1);

                await().atMost(Duration.ofSeconds(20))
                        .until(() -> !created.received(name).isEmpty());
            }

            pause(slow, "first");
            created.ingest("first", 1, 2, 1);
            resume(slow, "first");

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> created.received("first").size() == 2);
        }
    }

    /** While its last request is under way a paused endpoint is still there, but is no part of the node's share. */
    @Test
    void pausingAnEndpoint_leavesTheOthersWhereTheyAre() {
        try (TestServer alone = TestServer.start();
                TestReceiver its = new TestReceiver()) {
            TestEndpoints both = new TestEndpoints(alone, its);
            its.answerBy("/hung", (request, one) -> {});
            both.create("hung");
            both.create("kept");
            both.ingest("hung", 1);
            both.ingest("kept", 1);
            await().until(() ->
                    both.received("hung").size() == 1 && both.received("kept").size() == 1);
            String epoch =
                    "select l.epoch from eventsync.lease l join eventsync.endpoint e using (endpoint_id) where e.name = 'kept'";
            List<String> before = alone.query(epoch);

            pause(alone, "hung");
            both.ingest("kept", 1, 2, 1);
            await().until(() -> both.received("kept").size() == 2);

            assertThat(alone.query(epoch)).isEqualTo(before);
        }
    }

    /** Until its owner has read the new filter, an event would be passed over by the one of before. */
    @Test
    void newFilter_holdsForWhatComesAfterTheAnswer_whicheverNodeWorksTheEndpoint() {
        try (TestServer first = TestServer.start();
                TestServer second = first.another();
                TestReceiver both = new TestReceiver()) {
            TestEndpoints two = new TestEndpoints(first, both);
            List<String> names = List.of("one", "two");
            names.forEach(two::create);
            String owners = "select count(*) from eventsync.lease where owner is not null group by owner";
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> first.query(owners).equals(List.of("1", "1")));
            two.ingest("one", 1);
            two.ingest("two", 1);
            names.forEach(name -> await().until(() -> two.ids(name).equals(List.of(name + "-0"))));

            for (int i = 0; i < 5; i++) {
                String tag = "LATER" + i;
                for (String name : names) {
                    assertThat(setFilter(first, name, tag).getName()).isEqualTo(name);
                }
                two.ingest(tag, 1);

                for (String name : names) {
                    await().atMost(Duration.ofSeconds(5))
                            .untilAsserted(() -> assertThat(two.ids(name)).contains(tag + "-0"));
                }
            }
            assertThat(second.query(owners)).containsExactly("1", "1");
        }
    }

    private static Endpoint setFilter(TestServer server, String endpoint, String prefix) {
        return await(server.endpoints()
                        .updateEndpoint(UpdateEndpointRequest.newBuilder()
                                .setEndpoint(Endpoint.newBuilder()
                                        .setName(endpoint)
                                        .setFilter(Filter.newBuilder().addTagPrefixes(prefix)))
                                .setUpdateMask(FieldMask.newBuilder().addPaths("filter"))
                                .build()))
                .getEndpoint();
    }

    @Test
    void deletedEndpoint_leavesItsAttempts() {
        endpoints.create("deleted");
        endpoints.ingest("deleted", 1);
        await().until(() -> endpoints.received("deleted").size() == 1);
        await().until(() -> endpoints.status("deleted").getInFlight() == 0);

        Object unused = await(server.endpoints()
                .deleteEndpoint(io.eventsync.v1.DeleteEndpointRequest.newBuilder()
                        .setName("deleted")
                        .build()));

        assertThat(server.query("select outcome from eventsync.attempts where endpoint = 'deleted'"))
                .containsExactly("SUCCEEDED");
    }

    @Test
    void listDeliveries_saysWhereEachStands() {
        endpoints.create("listed", e -> e.setRetryPolicy(TestEndpoints.quick(2)));
        receiver.answer("/listed", request -> request.header("webhook-id").equals("evt_listed-1") ? 500 : 200);
        endpoints.ingest("listed", 3);

        await().untilAsserted(() -> assertThat(await(server.deliveries()
                                .listDeliveries(ListDeliveriesRequest.newBuilder()
                                        .setEndpoint("listed")
                                        .build()))
                        .getDeliveriesList()
                        .stream()
                        .map(d -> d.getEventId() + " " + d.getState() + " " + d.getAttempts()))
                .containsExactlyInAnyOrder(
                        "listed-0 DELIVERY_STATE_DELIVERED 1",
                        "listed-1 DELIVERY_STATE_DEAD 2",
                        "listed-2 DELIVERY_STATE_DELIVERED 1"));
        assertThat(explain("listed", "listed-1")).isEqualTo(DeliveryVerdict.DELIVERY_VERDICT_DEAD_LETTER);
    }

    @Test
    void watch_streamsAttemptsAndResumes() {
        endpoints.create("watched");
        List<WatchAttemptsResponse> frames = new CopyOnWriteArrayList<>();
        WatchAttemptsRequest.Builder request = WatchAttemptsRequest.newBuilder()
                .setAnchor(Anchor.ANCHOR_NOW)
                .setFilter(io.eventsync.v1.AttemptFilter.newBuilder().setEndpoint("watched"));
        Object unused =
                await(server.deliveries().watchAttempts(request.build()).map(stream -> stream.handler(frames::add)));
        endpoints.ingest("watched", 3);
        await().until(() -> attempts(frames) == 3);

        WatchAttemptsResponse firstBatch = frames.stream()
                .filter(WatchAttemptsResponse::hasBatch)
                .findFirst()
                .orElseThrow();
        int after = 3 - firstBatch.getBatch().getAttemptsCount();
        List<WatchAttemptsResponse> again = new CopyOnWriteArrayList<>();
        Object unusedToo = await(server.deliveries()
                .watchAttempts(request.setCursor(firstBatch.getCursor()).build())
                .map(stream -> stream.handler(again::add)));

        await().until(() -> again.stream().anyMatch(WatchAttemptsResponse::hasProgress));
        assertThat(attempts(again)).isEqualTo(after);
        assertThat(frames.get(0).hasStarted()).isTrue();
    }

    @Test
    void watch_endsWell_atTheMaximumAge() {
        try (TestServer shortLived = TestServer.start(Map.of("subscription-stream-age-max", "100ms"))) {
            List<WatchAttemptsResponse> frames = new CopyOnWriteArrayList<>();
            Promise<Void> end = Promise.promise();
            Object unused = await(shortLived
                    .deliveries()
                    .watchAttempts(WatchAttemptsRequest.getDefaultInstance())
                    .map(stream -> stream.handler(frames::add)
                            .exceptionHandler(end::tryFail)
                            .endHandler(v -> end.tryComplete())));

            await(end.future());
            assertThat(frames.get(frames.size() - 1).hasDraining()).isTrue();
        }
    }

    /** An empty cursor is no start, as everywhere: not now, and not the beginning. */
    @Test
    void emptyStart_isNone() {
        endpoints.create("emptystart");
        pause("emptystart");
        endpoints.ingest("emptystart", 2);
        for (Start empty : List.of(
                Start.newBuilder().setCursor("").build(),
                Start.newBuilder().setAnchor(Anchor.ANCHOR_UNSPECIFIED).build())) {
            assertThatThrownBy(() -> await(server.endpoints()
                            .seekEndpoint(SeekEndpointRequest.newBuilder()
                                    .setName("emptystart")
                                    .setStart(empty)
                                    .build())))
                    .hasMessageContaining("INVALID_ARGUMENT");
            assertThatThrownBy(() -> await(server.consumers()
                            .seekConsumer(SeekConsumerRequest.newBuilder()
                                    .setName("emptystart")
                                    .setStart(empty)
                                    .build())))
                    .hasMessageContaining("INVALID_ARGUMENT");
        }

        Object unused = await(server.endpoints()
                .resumeEndpoint(ResumeEndpointRequest.newBuilder()
                        .setName("emptystart")
                        .setStart(Start.newBuilder().setCursor(""))
                        .build()));

        await().untilAsserted(() -> assertThat(endpoints.ids("emptystart")).contains("emptystart-0", "emptystart-1"));
    }

    private static int attempts(List<WatchAttemptsResponse> frames) {
        return frames.stream().mapToInt(f -> f.getBatch().getAttemptsCount()).sum();
    }
}
