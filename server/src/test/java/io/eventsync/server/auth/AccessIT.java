package io.eventsync.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.eventsync.client.ClientOptions;
import io.eventsync.client.EventSyncClient;
import io.eventsync.client.EventSyncException;
import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Action;
import io.eventsync.v1.AdminServiceProto;
import io.eventsync.v1.Consumer;
import io.eventsync.v1.ConsumerServiceProto;
import io.eventsync.v1.CreateConsumerRequest;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.CreateTokenRequest;
import io.eventsync.v1.DeliveryServiceProto;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointServiceProto;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceProto;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetConsumerRequest;
import io.eventsync.v1.GetEndpointRequest;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.ListAttemptsRequest;
import io.eventsync.v1.ListConsumersRequest;
import io.eventsync.v1.ListConsumersResponse;
import io.eventsync.v1.ListDeadLettersRequest;
import io.eventsync.v1.ListEndpointsRequest;
import io.eventsync.v1.ListEndpointsResponse;
import io.eventsync.v1.ListEventsRequest;
import io.eventsync.v1.ListTagsRequest;
import io.eventsync.v1.ListTokensRequest;
import io.eventsync.v1.Reason;
import io.eventsync.v1.RetryDeliveryRequest;
import io.eventsync.v1.RevokeTokenRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.eventsync.v1.TagInfo;
import io.eventsync.v1.Token;
import io.eventsync.v1.Webhook;
import io.grpc.health.v1.HealthProto;
import io.grpc.reflection.v1.ServerReflectionProto;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may do what, through the whole server. */
@Timeout(60)
class AccessIT {
    private static final String ADMIN = "admin-token-of-this-test-0123456789";
    private static final List<EventSyncClient> CLIENTS = new CopyOnWriteArrayList<>();

    private static TestServer server;
    private static EventSyncClient admin;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("auth-mode", "required", "auth-admin-token", ADMIN));
        admin = client(ADMIN);
        IngestBatchRequest.Builder batch = IngestBatchRequest.newBuilder();
        Stream.of("ORDER.PAID", "ORDER.SENT", "ORDERS", "PAYMENT.DONE", "PAYMENT.DONE.LATE", "USER")
                .forEach(tag -> batch.addEvents(Event.newBuilder().setTag(tag).setId("id-" + tag)));
        TestSql.done(admin.events().ingestBatch(batch.build()));
    }

    @AfterAll
    static void stop() {
        CLIENTS.forEach(client -> TestServer.await(client.close()));
        server.close();
    }

    private static EventSyncClient client(String token) {
        EventSyncClient client = EventSyncClient.connect(
                ClientOptions.to("127.0.0.1:" + server.port()).token(token));
        CLIENTS.add(client);
        return client;
    }

    private static io.eventsync.v1.CreateTokenResponse token(String name, String... grants) {
        Token.Builder token = Token.newBuilder().setDisplayName(name);
        for (String text : grants) {
            Grant grant = Grant.parse(text).orElseThrow();
            token.addGrants(io.eventsync.v1.Grant.newBuilder()
                    .setAction(Action.valueOf("ACTION_" + grant.action().name()))
                    .setTagPrefix(grant.prefix().map(p -> p.text()).orElse("")));
        }
        return TestServer.await(admin.admin()
                .createToken(CreateTokenRequest.newBuilder().setToken(token).build()));
    }

    private static EventSyncClient with(String... grants) {
        return client(token("test", grants).getSecret());
    }

    private static Reason refusal(Future<?> call) {
        return catchThrowableOfType(EventSyncException.class, () -> TestServer.await(call))
                .reason();
    }

    private static Stream<MethodDescriptor> methods() {
        return Stream.of(
                        EventServiceProto.getDescriptor(),
                        ConsumerServiceProto.getDescriptor(),
                        EndpointServiceProto.getDescriptor(),
                        DeliveryServiceProto.getDescriptor(),
                        AdminServiceProto.getDescriptor(),
                        ServerReflectionProto.getDescriptor(),
                        HealthProto.getDescriptor())
                .flatMap(file -> file.getServices().stream())
                .map(ServiceDescriptor::getMethods)
                .flatMap(List::stream);
    }

    @Test
    void X1_noMethodAnswersWithoutCredentials_butHealth() {
        GrpcClient grpc = server.newClient();
        List<String> answered = new ArrayList<>();

        methods().forEach(method -> {
            GrpcStatus status = TestServer.await(grpc.request(server.address()).compose(request -> {
                request.serviceName(ServiceName.create(method.getService().getFullName()))
                        .methodName(method.getName());
                return request.end(Buffer.buffer())
                        .compose(v -> request.response())
                        .compose(response -> status(method, request, response));
            }));
            if (status != GrpcStatus.UNAUTHENTICATED) {
                answered.add(method.getFullName());
            }
        });

        assertThat(answered).containsExactlyInAnyOrder("grpc.health.v1.Health.Check", "grpc.health.v1.Health.Watch");
    }

    private static Future<GrpcStatus> status(
            MethodDescriptor method, GrpcClientRequest<?, ?> request, GrpcClientResponse<?, ?> response) {
        if (response.status() == null && method.isServerStreaming() && isHealth(method)) {
            request.cancel(); // it stays open
            return Future.succeededFuture(GrpcStatus.OK);
        }
        return response.status() == null
                ? response.end().transform(v -> Future.succeededFuture(response.status()))
                : Future.succeededFuture(response.status());
    }

    private static boolean isHealth(MethodDescriptor method) {
        return method.getFullName().startsWith("grpc.health");
    }

    @Test
    void X1_noRouteAnswersWithoutCredentials() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        List<String> answered = new ArrayList<>();
        List<String> asked =
                new ArrayList<>(List.of("GET /docs/", "GET /openapi.json", "GET /docs/start.js", "GET /docs"));
        methods().forEach(method -> {
            HttpRule rule = method.getOptions().getExtension(AnnotationsProto.http);
            Stream.concat(Stream.of(rule), rule.getAdditionalBindingsList().stream())
                    .filter(r -> r.getPatternCase() != HttpRule.PatternCase.PATTERN_NOT_SET)
                    .forEach(r -> asked.add(path(r)));
        });

        for (String line : asked) {
            String[] parts = line.split(" ", -1);
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + parts[1]))
                    .method(
                            parts[0],
                            parts[0].equals("GET") || parts[0].equals("DELETE")
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString("{}"))
                    .header("content-type", "application/json")
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 401) {
                answered.add(line + " " + response.statusCode());
            }
        }

        assertThat(asked).hasSizeGreaterThan(40);
        assertThat(answered).isEmpty();
    }

    private static String path(HttpRule rule) {
        String route = switch (rule.getPatternCase()) {
            case GET -> "GET " + rule.getGet();
            case PUT -> "PUT " + rule.getPut();
            case POST -> "POST " + rule.getPost();
            case DELETE -> "DELETE " + rule.getDelete();
            case PATCH -> "PATCH " + rule.getPatch();
            default -> throw new AssertionError(rule);
        };
        return route.replaceAll("\\{[a-z_.]*position}", "1").replaceAll("\\{[^}]*}", "x");
    }

    @Test
    void pages_openWithATokenAsPassword() throws Exception {
        String basic = java.util.Base64.getEncoder()
                .encodeToString(("me:" + ADMIN).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/docs/"))
                .header("authorization", "Basic " + basic)
                .build();

        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void X2_eventsAreSeenByGrantOnly() {
        EventSyncClient orders = with("read:ORDER");

        assertThat(tags(sync(orders))).containsExactly("ORDER.PAID", "ORDER.SENT");
        assertThat(TestServer.await(orders.events().listEvents(ListEventsRequest.getDefaultInstance()))
                        .getEventsList())
                .extracting(Event::getTag)
                .contains("ORDER.SENT", "ORDER.PAID")
                .allMatch(tag -> tag.startsWith("ORDER."));
        assertThat(TestServer.await(orders.events()
                                .listTags(
                                        ListTagsRequest.newBuilder().setDepth(8).build()))
                        .getTagsList())
                .extracting(TagInfo::getTag)
                .contains("ORDER", "ORDER.PAID", "ORDER.SENT")
                .allMatch(tag -> tag.equals("ORDER") || tag.startsWith("ORDER."));
        assertThat(refusal(orders.events()
                        .getEvent(GetEventRequest.newBuilder().setId("id-USER").build())))
                .isEqualTo(Reason.REASON_RESOURCE_NOT_FOUND);
        assertThat(refusal(orders.events()
                        .getEvent(GetEventRequest.newBuilder().setPosition(3).build())))
                .isEqualTo(Reason.REASON_RESOURCE_NOT_FOUND);
        for (String prefix : List.of("ORDERS", "USER", "PAYMENT.DONE")) {
            assertThat(refusal(orders.events()
                            .sync(SyncRequest.newBuilder()
                                    .setFilter(Filter.newBuilder().addTagPrefixes(prefix))
                                    .build())))
                    .isEqualTo(Reason.REASON_TAG_FORBIDDEN);
        }
        assertThat(refusal(orders.events().ingest(ingest("ORDER.PAID")))).isEqualTo(Reason.REASON_TAG_FORBIDDEN);
    }

    @Test
    void X2_streamsAreNarrowed() {
        EventSyncClient orders = with("read:ORDER.PAID");
        List<String> seen = new CopyOnWriteArrayList<>();

        TestSql.done(orders.events()
                .subscribe(SubscribeRequest.newBuilder()
                        .setStart(Start.newBuilder().setAfterPosition(0))
                        .build())
                .map(stream -> stream.handler(
                        frame -> frame.getBatch().getEventsList().forEach(event -> seen.add(event.getTag())))));
        TestSql.done(admin.events().ingest(ingest("USER")));
        TestSql.done(admin.events().ingest(ingest("ORDER.PAID.LAST")));

        await().until(() -> seen.contains("ORDER.PAID.LAST"));
        assertThat(seen).containsOnly("ORDER.PAID", "ORDER.PAID.LAST");
    }

    @Test
    void X2_consumersAndEndpointsAreSeenByGrantOnly() {
        EventSyncClient orders = with("read:ORDER", "deliver:ORDER");
        EventSyncClient users = with("read:USER", "deliver:USER");
        Consumer mine = TestServer.await(orders.consumers()
                        .createConsumer(CreateConsumerRequest.newBuilder()
                                .setConsumer(Consumer.newBuilder().setName("x2"))
                                .build()))
                .getConsumer();
        TestSql.done(orders.endpoints()
                .createEndpoint(CreateEndpointRequest.newBuilder()
                        .setPaused(true)
                        .setEndpoint(Endpoint.newBuilder()
                                .setName("x2")
                                .setWebhook(Webhook.newBuilder().setUrl("http://127.0.0.1:9/")))
                        .build()));

        assertThat(mine.getFilter().getTagPrefixesList()).containsExactly("ORDER");
        assertThat(refusal(users.consumers()
                        .getConsumer(
                                GetConsumerRequest.newBuilder().setName("x2").build())))
                .isEqualTo(Reason.REASON_RESOURCE_NOT_FOUND);
        assertThat(refusal(users.events()
                        .sync(SyncRequest.newBuilder()
                                .setStart(Start.newBuilder().setConsumer("x2"))
                                .build())))
                .isEqualTo(Reason.REASON_RESOURCE_NOT_FOUND);
        assertThat(refusal(users.endpoints()
                        .getEndpoint(
                                GetEndpointRequest.newBuilder().setName("x2").build())))
                .isEqualTo(Reason.REASON_RESOURCE_NOT_FOUND);
        assertThat(TestServer.await(users.endpoints().listEndpoints(ListEndpointsRequest.getDefaultInstance()))
                        .getEndpointsList())
                .isEmpty();
        assertThat(TestServer.await(orders.endpoints().listEndpoints(ListEndpointsRequest.getDefaultInstance()))
                        .getEndpointsList())
                .extracting(Endpoint::getName)
                .containsExactly("x2");
        assertThat(refusal(users.deliveries().listAttempts(ListAttemptsRequest.getDefaultInstance())))
                .isEqualTo(Reason.REASON_FIELD_INVALID);
        assertThat(refusal(with("read:*").endpoints().listEndpoints(ListEndpointsRequest.getDefaultInstance())))
                .isEqualTo(Reason.REASON_TAG_FORBIDDEN);
    }

    /** A page that is shorter for want of rights, or a token that names the last of it, would tell names that are not the caller's to know. */
    @Test
    void X2_pagesOfConsumersAndEndpoints_tellNoHiddenNames() {
        EventSyncClient paged = with("read:PAGED", "deliver:PAGED");
        Stream.of("p1 HIDDEN", "p2 PAGED", "p3 HIDDEN", "p4 PAGED", "p5 HIDDEN").forEach(line -> {
            String name = line.substring(0, 2);
            Filter filter =
                    Filter.newBuilder().addTagPrefixes(line.substring(3)).build();
            TestSql.done(admin.consumers()
                    .createConsumer(CreateConsumerRequest.newBuilder()
                            .setConsumer(Consumer.newBuilder().setName(name).setFilter(filter))
                            .build()));
            TestSql.done(admin.endpoints()
                    .createEndpoint(CreateEndpointRequest.newBuilder()
                            .setEndpoint(Endpoint.newBuilder()
                                    .setName(name)
                                    .setFilter(filter)
                                    .setWebhook(Webhook.newBuilder().setUrl("http://127.0.0.1:1/")))
                            .setPaused(true)
                            .build()));
        });
        List<String> consumers = new ArrayList<>();
        List<String> endpoints = new ArrayList<>();
        List<String> tokens = new ArrayList<>();

        String token = "";
        do {
            ListConsumersResponse page = TestServer.await(paged.consumers()
                    .listConsumers(ListConsumersRequest.newBuilder()
                            .setPageSize(1)
                            .setPageToken(token)
                            .build()));
            page.getConsumersList().forEach(one -> consumers.add(one.getName()));
            token = page.getNextPageToken();
            tokens.add(new String(
                    java.util.Base64.getUrlDecoder().decode(token), java.nio.charset.StandardCharsets.UTF_8));
        } while (!token.isEmpty());
        do {
            ListEndpointsResponse page = TestServer.await(paged.endpoints()
                    .listEndpoints(ListEndpointsRequest.newBuilder()
                            .setPageSize(1)
                            .setPageToken(token)
                            .build()));
            page.getEndpointsList().forEach(one -> endpoints.add(one.getName()));
            token = page.getNextPageToken();
            tokens.add(new String(
                    java.util.Base64.getUrlDecoder().decode(token), java.nio.charset.StandardCharsets.UTF_8));
        } while (!token.isEmpty());

        assertThat(consumers).containsExactly("p2", "p4");
        assertThat(endpoints).containsExactly("p2", "p4");
        assertThat(tokens).doesNotContain("p1", "p3", "p5");
    }

    /** Whether the log has an event that the caller may not see, is not told by how it is not found. */
    @Test
    void X2_anEventThatIsHidden_isNotFoundAsOneThatIsNotThere() {
        TestSql.done(admin.endpoints()
                .createEndpoint(CreateEndpointRequest.newBuilder()
                        .setEndpoint(Endpoint.newBuilder()
                                .setName("retried")
                                .setFilter(Filter.newBuilder().addTagPrefixes("RETRIED"))
                                .setWebhook(Webhook.newBuilder().setUrl("http://127.0.0.1:1/")))
                        .setPaused(true)
                        .build()));
        EventSyncClient retried = with("deliver:RETRIED");

        List<String> answers = Stream.of("id-USER", "id-NONE")
                .map(id -> String.valueOf(catchThrowable(() -> TestServer.await(retried.deliveries()
                                .retryDelivery(RetryDeliveryRequest.newBuilder()
                                        .setEndpoint("retried")
                                        .setEventId(id)
                                        .build()))))
                        .replace(id, "?"))
                .distinct()
                .toList();

        assertThat(answers).hasSize(1);
    }

    /** Both lists may be asked for in the same words, so a token of the one passes for a token of the other at first sight. */
    @Test
    void aPageTokenOfAnotherList_isRefused() {
        ListAttemptsRequest attempts = ListAttemptsRequest.getDefaultInstance();
        CRC32C crc = new CRC32C();
        crc.update(attempts.toByteArray());
        String place = "1700000000000000 %s 5 " + (int) crc.getValue();

        assertThat(refusal(admin.deliveries()
                        .listAttempts(attempts.toBuilder()
                                .setPageToken(token64(place.formatted("17")))
                                .build())))
                .isEqualTo(Reason.REASON_PAGE_TOKEN_INVALID);
        assertThat(refusal(admin.deliveries()
                        .listDeadLetters(ListDeadLettersRequest.newBuilder()
                                .setPageToken(token64(place.formatted("01a1fe03-7618-7ca1-8b02-87cd62ca963a")))
                                .build())))
                .isEqualTo(Reason.REASON_PAGE_TOKEN_INVALID);
    }

    private static String token64(String text) {
        return java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void producer_isOnRecord_andARetryByAnotherIsTheSameEvent() {
        EventSyncClient billing = client(token("billing", "ingest:*").getSecret());
        IngestRequest request = IngestRequest.newBuilder()
                .setEvent(Event.newBuilder()
                        .setTag("ORDER.PAID")
                        .setId("by-billing")
                        .setProducer("forged"))
                .build();

        TestSql.done(billing.events().ingest(request));

        assertThat(TestServer.await(admin.events()
                                .getEvent(GetEventRequest.newBuilder()
                                        .setId("by-billing")
                                        .build()))
                        .getEvent()
                        .getProducer())
                .isEqualTo("token:billing");
        assertThat(TestServer.await(admin.events().ingest(request)).getResult().getDeduplicated())
                .isTrue();
    }

    @Test
    void X7_revocation_endsOpenStreams_andFurtherCalls() {
        io.eventsync.v1.CreateTokenResponse made = token("short", "read:*", "ingest:*");
        EventSyncClient client = client(made.getSecret());
        List<GrpcStatus> ends = new CopyOnWriteArrayList<>();
        TestSql.done(client.events()
                .subscribe(SubscribeRequest.getDefaultInstance())
                .map(stream -> stream.endHandler(v -> ends.add(((GrpcClientResponse<?, ?>) stream).status()))
                        .handler(frame -> {})));

        TestSql.done(admin.admin()
                .revokeToken(RevokeTokenRequest.newBuilder()
                        .setTokenId(made.getToken().getTokenId())
                        .build()));

        assertThat(refusal(client.events().sync(SyncRequest.getDefaultInstance())))
                .isEqualTo(Reason.REASON_UNAUTHENTICATED);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(ends).containsExactly(GrpcStatus.UNAUTHENTICATED));
    }

    @Test
    void X7_revocation_reachesOtherNodes() {
        io.eventsync.v1.CreateTokenResponse made = token("elsewhere", "read:*");
        try (TestServer other =
                TestServer.start(server.database(), Map.of("auth-mode", "required", "auth-admin-token", ADMIN))) {
            EventSyncClient there = EventSyncClient.connect(
                    ClientOptions.to("127.0.0.1:" + other.port()).token(made.getSecret()));
            TestSql.done(there.events().sync(SyncRequest.getDefaultInstance()));

            TestSql.done(admin.admin()
                    .revokeToken(RevokeTokenRequest.newBuilder()
                            .setTokenId(made.getToken().getTokenId())
                            .build()));

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> TestServer.await(there.events()
                            .sync(SyncRequest.getDefaultInstance())
                            .map(v -> false)
                            .otherwise(true)));
            TestServer.await(there.close());
        }
    }

    @Test
    void tokens_areListedWithoutSecrets_andStoredAsHashes() {
        String secret = token("listed", "read:ORDER").getSecret();

        Token listed =
                TestServer.await(admin.admin().listTokens(ListTokensRequest.getDefaultInstance()))
                        .getTokensList()
                        .stream()
                        .filter(t -> t.getDisplayName().equals("listed"))
                        .findFirst()
                        .orElseThrow();

        assertThat(listed.toString()).doesNotContain(secret);
        assertThat(server.query("select t::text from eventsync.api_token t").toString())
                .doesNotContain(secret.substring(secret.length() - 20));
        assertThat(refusal(admin.admin()
                        .createToken(CreateTokenRequest.newBuilder()
                                .setToken(Token.newBuilder().setDisplayName("none"))
                                .build())))
                .isEqualTo(Reason.REASON_FIELD_INVALID);
        assertThat(refusal(admin.admin()
                        .revokeToken(RevokeTokenRequest.newBuilder()
                                .setTokenId("unknown")
                                .build())))
                .isEqualTo(Reason.REASON_RESOURCE_NOT_FOUND);
    }

    @Test
    void changes_areWrittenIntoTheLog() {
        String id = token("audited", "read:ORDER").getToken().getTokenId();
        TestSql.done(admin.admin()
                .revokeToken(RevokeTokenRequest.newBuilder().setTokenId(id).build()));

        List<Event> noted = TestServer.await(admin.events()
                        .listEvents(ListEventsRequest.newBuilder()
                                .setFilter(Filter.newBuilder().addTagPrefixes("$SYSTEM.AUDIT.REVOKE_TOKEN"))
                                .build()))
                .getEventsList();

        assertThat(noted).anySatisfy(event -> {
            assertThat(event.getKey()).isEqualTo(id);
            assertThat(event.getJson()).contains("\"principal\":\"token:admin\"", "\"method\":\"RevokeToken\"");
        });
        assertThat(refusal(with("read:ORDER")
                        .events()
                        .sync(SyncRequest.newBuilder()
                                .setFilter(Filter.newBuilder().addTagPrefixes("$SYSTEM"))
                                .build())))
                .isEqualTo(Reason.REASON_TAG_FORBIDDEN);
    }

    @Test
    void rates_areHeld() {
        try (TestServer limited = TestServer.start(Map.of(
                "auth-mode",
                "required",
                "auth-admin-token",
                ADMIN,
                "auth-events-per-second",
                "5",
                "auth-streams-max",
                "1"))) {
            EventSyncClient client = EventSyncClient.connect(
                    ClientOptions.to("127.0.0.1:" + limited.port()).token(ADMIN));
            IngestBatchRequest.Builder five = IngestBatchRequest.newBuilder();
            for (int i = 0; i < 5; i++) {
                five.addEvents(Event.newBuilder().setTag("ORDER"));
            }
            TestSql.done(client.events().ingestBatch(five.build()));

            EventSyncException refused = catchThrowableOfType(
                    EventSyncException.class,
                    () -> TestServer.await(client.events().ingestBatch(five.build())));
            TestSql.done(client.events().subscribe(SubscribeRequest.getDefaultInstance()));

            assertThat(refused.reason()).isEqualTo(Reason.REASON_RATE_LIMITED);
            assertThat(refused.retryAfter()).isPresent();
            assertThat(refusal(client.events().subscribe(SubscribeRequest.getDefaultInstance())))
                    .isEqualTo(Reason.REASON_LIMIT_REACHED);
            TestServer.await(client.close());
        }
    }

    private static IngestRequest ingest(String tag) {
        return IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setTag(tag))
                .build();
    }

    private static SyncResponse sync(EventSyncClient client) {
        return TestServer.await(
                client.events().sync(SyncRequest.newBuilder().setMaxEvents(2).build()));
    }

    private static List<String> tags(SyncResponse response) {
        return response.getEventsList().stream().map(Event::getTag).toList();
    }
}
