package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.eventsync.server.TestServer;
import io.eventsync.v1.BatchSettings;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One trace from a producer to a receiver. */
class TraceIT {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String GIVEN = "00-" + TRACE + "-" + PARENT + "-01";

    /** As OTLP has it. */
    private record Span(String trace, String id, String parent, String name, int links) {
        static Stream<Span> of(ByteString export) {
            return inside(export, 1)
                    .flatMap(resource -> inside(resource, 2))
                    .flatMap(scope -> inside(scope, 2))
                    .map(span -> new Span(
                            hex(span, 1),
                            hex(span, 2),
                            hex(span, 4),
                            inside(span, 5)
                                    .map(ByteString::toStringUtf8)
                                    .findFirst()
                                    .orElse(""),
                            (int) inside(span, 13).count()));
        }

        private static Stream<ByteString> inside(ByteString message, int field) {
            try {
                return UnknownFieldSet.parseFrom(message).getField(field).getLengthDelimitedList().stream();
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }

        private static String hex(ByteString span, int field) {
            return inside(span, field)
                    .map(id -> HexFormat.of().formatHex(id.toByteArray()))
                    .findFirst()
                    .orElse("");
        }
    }

    private static List<Span> spans(TestReceiver collector) {
        return collector.received().stream()
                .filter(r -> r.path().equals("/v1/traces"))
                .flatMap(r -> Span.of(ByteString.copyFrom(r.body().getBytes())))
                .toList();
    }

    private static Span named(TestReceiver collector, String name) {
        return await().until(
                        () -> spans(collector).stream()
                                .filter(s -> s.name().equals(name))
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    private static IngestRequest ingest(String tag, String id) {
        return IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setTag(tag).setId(id))
                .build();
    }

    /** Over gRPC, with these headers of this name. */
    private static IngestResponse ingest(TestServer server, IngestRequest request, List<String> traceparents) {
        return await(server.newClient()
                .request(server.address(), EventServiceGrpcClient.Ingest)
                .compose(call -> {
                    call.headers().set("traceparent", traceparents);
                    return call.send(request);
                })
                .compose(response -> response.last()));
    }

    private static HttpResponse<String> post(TestServer server, String path, String body, String traceparent)
            throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                                .header("content-type", "application/json")
                                .header("traceparent", traceparent)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static List<Event> stored(TestServer server) {
        return await(server.events()
                        .sync(SyncRequest.newBuilder()
                                .setFilter(Filter.newBuilder().addExcludeTagPrefixes("$SYSTEM"))
                                .build()))
                .getEventsList();
    }

    @Test
    void traceOfTheProducer_reachesEveryReader() throws Exception {
        try (TestServer server = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            endpoints.create("traced");
            Promise<Event> streamed = Promise.promise();
            await(server.events().subscribe(SubscribeRequest.getDefaultInstance()))
                    .handler((SubscribeResponse frame) -> frame.getBatch().getEventsList().stream()
                            .filter(e -> e.getTag().equals("TRACED"))
                            .forEach(streamed::tryComplete));

            var unused = ingest(server, ingest("TRACED", "by-grpc"), List.of(GIVEN));
            assertThat(post(server, "/v1/events", "{\"event\":{\"tag\":\"TRACED\",\"id\":\"by-http\"}}", GIVEN)
                            .statusCode())
                    .isEqualTo(200);

            assertThat(stored(server))
                    .hasSize(2)
                    .allMatch(e -> e.getTraceparent().equals(GIVEN));
            assertThat(await(streamed.future()).getTraceparent()).isEqualTo(GIVEN);
            await().until(() -> endpoints.received("traced").size() == 2);
            assertThat(endpoints.received("traced"))
                    .allMatch(r -> r.header("traceparent").equals(GIVEN));
            assertThat(server.query("select distinct traceparent from eventsync.events where tag = 'TRACED'"))
                    .containsExactly(GIVEN);
        }
    }

    @Test
    void eventsOfABatch_haveTheirOwnTraceOrThatOfTheCall() throws Exception {
        String own = GIVEN.replace(PARENT, "00f067aa0ba902b7");
        try (TestServer server = TestServer.start()) {
            assertThat(post(
                                    server,
                                    "/v1/events:batch",
                                    "{\"events\":[{\"tag\":\"T\"},{\"tag\":\"T\",\"traceparent\":\"" + own + "\"}]}",
                                    GIVEN)
                            .statusCode())
                    .isEqualTo(200);

            assertThat(stored(server)).extracting(Event::getTraceparent).containsExactly(GIVEN, own);
        }
    }

    /** Its mistake is that of some library between producer and server: no reason to lose an event. */
    @Test
    void rubbish_isIgnored() throws Exception {
        try (TestServer server = TestServer.start()) {
            var unused = ingest(server, ingest("T", "a"), List.of(GIVEN, GIVEN));
            for (String rubbish : List.of("nonsense", GIVEN.replace(PARENT, "0000000000000000"), GIVEN + "," + GIVEN)) {
                unused = ingest(server, ingest("T", rubbish), List.of(rubbish));
                assertThat(post(server, "/v1/events", "{\"event\":{\"tag\":\"T\"}}", rubbish)
                                .statusCode())
                        .isEqualTo(200);
            }

            assertThat(stored(server))
                    .hasSize(7)
                    .allMatch(e -> e.getTraceparent().isEmpty());
        }
    }

    /** Libraries make a span for every try. */
    @Test
    void retryInAnotherSpan_isTheSameEvent() {
        try (TestServer server = TestServer.start()) {
            var unused = ingest(server, ingest("T", "once"), List.of(GIVEN));
            IngestResponse again =
                    ingest(server, ingest("T", "once"), List.of(GIVEN.replace(PARENT, "00f067aa0ba902b7")));

            assertThat(again.getResult().getDeduplicated()).isTrue();
            assertThat(stored(server)).extracting(Event::getTraceparent).containsExactly(GIVEN);
        }
    }

    @Test
    void spans_areOneTraceFromCallToReceiver_whenACollectorIsNamed() {
        try (TestReceiver collector = new TestReceiver();
                TestReceiver receiver = new TestReceiver();
                TestServer server = TestServer.start(Map.of(
                        "tracing-otlp-endpoint",
                        collector.url("/v1/traces"),
                        "tracing-otlp-authorization",
                        "Bearer of-spans",
                        "tracing-sample-per-mille",
                        "0"))) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            endpoints.create("traced");

            var unused = ingest(server, ingest("TRACED", "a"), List.of(GIVEN));
            await().until(() -> endpoints.received("traced").size() == 1);

            Span call = named(collector, "eventsync.v1.EventService/Ingest");
            Span append = named(collector, "append");
            Span attempt = named(collector, "deliver");
            assertThat(spans(collector))
                    .as("who does not ask for spans gets none")
                    .extracting(Span::trace)
                    .containsOnly(TRACE);
            assertThat(call.parent()).isEqualTo(PARENT);
            assertThat(append.parent()).isEqualTo(call.id());
            assertThat(attempt.parent()).isEqualTo(PARENT);
            assertThat(endpoints.received("traced").get(0).header("traceparent"))
                    .isEqualTo("00-" + TRACE + "-" + attempt.id() + "-01");
            assertThat(stored(server)).extracting(Event::getTraceparent).containsExactly(GIVEN);
            assertThat(collector.received().get(0).header("authorization")).isEqualTo("Bearer of-spans");
        }
    }

    @Test
    void batchOfDeliveries_hasATraceOfItsOwnThatLeadsToTheirs() {
        try (TestReceiver collector = new TestReceiver();
                TestReceiver receiver = new TestReceiver();
                TestServer server = TestServer.start(Map.of("tracing-otlp-endpoint", collector.url("/v1/traces")))) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            String other = GIVEN.replace(TRACE, "4bf92f3577b34da6a3ce929d0e0e4736");
            endpoints.create(
                    "batched",
                    e -> e.setWebhook(e.getWebhook().toBuilder()
                            .setBatch(BatchSettings.newBuilder().setMaxEvents(2))));
            Object unused = await(server.events()
                    .ingestBatch(IngestBatchRequest.newBuilder()
                            .addEvents(Event.newBuilder().setTag("BATCHED").setTraceparent(GIVEN))
                            .addEvents(Event.newBuilder().setTag("BATCHED").setTraceparent(other))
                            .build()));

            await().until(() -> endpoints.received("batched").size() == 1);
            Span attempt = named(collector, "deliver");

            assertThat(attempt.links()).isEqualTo(2);
            assertThat(attempt.parent()).isEmpty();
            assertThat(endpoints.received("batched").get(0).header("traceparent"))
                    .isEqualTo("00-" + attempt.trace() + "-" + attempt.id() + "-01");
        }
    }

    @Test
    void collectorThatIsAway_isNobodysTrouble() {
        try (TestServer server = TestServer.start(Map.of("tracing-otlp-endpoint", "http://127.0.0.1:9/v1/traces"))) {
            Future<IngestResponse> answer = server.events().ingest(ingest("T", "a"));

            assertThat(await(answer).getResult().getPosition()).isEqualTo(1);
        }
    }
}
