package io.eventsync.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.client.ClientOptions;
import io.eventsync.client.EventSyncClient;
import io.eventsync.client.EventSyncException;
import io.eventsync.server.TestServer;
import io.eventsync.server.config.TestSettings;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Consumer;
import io.eventsync.v1.CreateConsumerRequest;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.GetLogInfoRequest;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.eventsync.v1.ListConsumersRequest;
import io.eventsync.v1.ListEventsRequest;
import io.eventsync.v1.Reason;
import io.eventsync.v1.Webhook;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON Web Tokens against an issuer that publishes keys: what counts, and all that does not. */
class JwtIT {
    private static TestIssuer issuer;
    private static final String ORDER_JSON = "{\"event\":{\"tag\":\"ORDER.PAID\"}}";

    private static TestTokens tokens;
    private static TestServer server;
    private static TestCalls http;
    private static final List<EventSyncClient> CLIENTS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        tokens = new TestTokens(issuer);
        server = TestServer.start(issuer.flags());
        http = new TestCalls(server);
    }

    @AfterAll
    static void stop() {
        CLIENTS.forEach(client -> TestServer.await(client.close()));
        server.close();
        issuer.close();
    }

    private static EventSyncClient client(String token) {
        EventSyncClient client = EventSyncClient.connect(
                ClientOptions.to("127.0.0.1:" + server.port()).token(token));
        CLIENTS.add(client);
        return client;
    }

    static Stream<Arguments> good() {
        return Stream.of(
                Arguments.of("RS256", issuer.rsa), Arguments.of("ES256", issuer.ec), Arguments.of("EdDSA", issuer.ed));
    }

    @ParameterizedTest
    @MethodSource
    void good(String algorithm, PublicJsonWebKey key) throws Exception {
        EventSyncClient client =
                client(TestIssuer.sign(algorithm, key.getPrivateKey(), key.getKeyId(), TestTokens.claims("")));

        String id =
                TestServer.await(client.events().ingest(order())).getResult().getId();

        assertThat(TestServer.await(client.events()
                                .getEvent(GetEventRequest.newBuilder().setId(id).build()))
                        .getEvent()
                        .getProducer())
                .isEqualTo("jwt:auth0|1");
        assertThat(refusal(client.events()
                        .ingest(IngestRequest.newBuilder()
                                .setEvent(Event.newBuilder().setTag("PAYMENT"))
                                .build())))
                .isEqualTo(Reason.REASON_TAG_FORBIDDEN);
    }

    static Stream<Arguments> bad() throws Exception {
        return tokens.bad();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void bad(String what, String token) {
        EventSyncException refused = catchThrowableOfType(
                EventSyncException.class,
                () -> TestServer.await(client(token).events().ingest(order())));

        assertThat(refused.reason()).as(what).isEqualTo(Reason.REASON_UNAUTHENTICATED);
        if (token.length() > 20) {
            assertThat(refused.getMessage()).doesNotContain(token.substring(token.length() - 20));
        }
    }

    /** The same table on the other face of the same port, streams and older routes included. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void bad_isRefusedOverHttp(String what, String token) {
        long stored = server.storedEvents();
        Stream.of(
                        http.send("POST", "/v1/events", ORDER_JSON, "Bearer " + token),
                        http.send(
                                "POST", "/event", "{\"event_type\":\"a\",\"event_payload\":\"b\"}", "Bearer " + token),
                        http.send("GET", "/v1/events:subscribe", "", "Bearer " + token),
                        http.send("GET", "/v1/log", "", basic(token)))
                .forEach(response -> requireRefused(response, token));

        assertThat(server.storedEvents()).as(what).isEqualTo(stored);
    }

    private static void requireRefused(HttpResponse<String> response, String token) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(401);
        assertThat(response.headers().firstValue("www-authenticate").orElse("")).isEqualTo("Bearer");
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.headers().firstValue("cache-control")).contains("no-store");
        JsonObject status = new JsonObject(response.body());
        assertThat(status.getInteger("code")).isEqualTo(16);
        assertThat(status.getJsonArray("details")).anySatisfy(detail -> {
            JsonObject info = (JsonObject) detail;
            assertThat(info.getString("@type")).endsWith("google.rpc.ErrorInfo");
            assertThat(info.getString("reason")).isEqualTo("UNAUTHENTICATED");
            assertThat(info.getString("domain")).isEqualTo("eventsync");
        });
        String all = response.body() + response.headers().map();
        assertThat(Stream.of(token.split("\\.", -1)).filter(part -> part.length() > 8))
                .noneMatch(all::contains);
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("anyone:" + password).getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "%s",
                "Token %s",
                "Digest %s",
                "Bearer,%s",
                "Bearer %s %<s",
                "Bearer %s, Bearer %<s",
                "Bearer \"%s\"",
                "Basic %s",
            })
    void goodToken_isRefusedOverHttp_inAHeaderOfAnotherForm(String form) throws Exception {
        String token = tokens.rs256(TestTokens.claims(""));

        requireRefused(http.send("POST", "/v1/events", ORDER_JSON, form.formatted(token)), token);
    }

    @Test
    void goodToken_isTakenOverHttp_inTheHeaderOnly() throws Exception {
        String token = tokens.rs256(TestTokens.claims(""));

        assertThat(http.send("POST", "/v1/events", ORDER_JSON, "Bearer " + token)
                        .statusCode())
                .isEqualTo(200);
        assertThat(http.send("POST", "/v1/events", ORDER_JSON, basic(token)).statusCode())
                .isEqualTo(200);
        HttpResponse<String> forbidden =
                http.send("POST", "/v1/events", ORDER_JSON.replace("ORDER", "PAYMENT"), "Bearer " + token);
        assertThat(forbidden.statusCode()).isEqualTo(403);
        assertThat(forbidden.body()).contains("\"TAG_FORBIDDEN\"");
        assertThat(forbidden.headers().firstValue("www-authenticate")).isEmpty();
        requireRefused(http.send("GET", "/v1/log?access_token=" + token, "", "Bearer x"), token);
    }

    @Test
    void longerLife_isTaken_whereItIsAllowed_andAnIssueInThePastAlways() throws Exception {
        long now = Instant.now().getEpochSecond();
        String issuedLongAgo = tokens.rs256(TestTokens.claims(",\"iat\":" + (now - 400L * 86_400)));
        assertThat(http.send("POST", "/v1/events", ORDER_JSON, "Bearer " + issuedLongAgo)
                        .statusCode())
                .isEqualTo(200);

        Map<String, String> flags = new HashMap<>(issuer.flags());
        flags.put("auth-jwt-lifetime-max", "7d");
        try (TestServer patient = TestServer.start(flags)) {
            String ofTwoDays = tokens.rs256(TestTokens.with("exp", "" + (now + 2 * 86_400)));
            assertThat(new TestCalls(patient)
                            .send("POST", "/v1/events", ORDER_JSON, "Bearer " + ofTwoDays)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void issuerThatDoesNotAnswer_isNotTheTokensFault() throws Exception {
        try (TestIssuer own = new TestIssuer()) {
            own.publish("Bad Gateway");
            try (TestServer early = TestServer.start(own.flags())) {
                String token = TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", TestTokens.claims(""));
                HttpResponse<String> response =
                        new TestCalls(early).send("POST", "/v1/events", ORDER_JSON, "Bearer " + token);

                assertThat(response.statusCode()).isEqualTo(503);
                assertThat(response.body()).contains("\"ISSUER_UNAVAILABLE\"");
                assertThat(response.headers().firstValue("retry-after")).contains("5");
            }
        }
    }

    @Test
    void rotatedKeys_areFound_andOldOnesCountNoMore() throws Exception {
        try (TestIssuer own = new TestIssuer();
                TestServer rotated = TestServer.start(own.flags())) {
            PublicJsonWebKey next = TestIssuer.otherRsa("next");
            EventSyncClient before = EventSyncClient.connect(ClientOptions.to("127.0.0.1:" + rotated.port())
                    .token(TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", TestTokens.claims(""))));
            EventSyncClient after = EventSyncClient.connect(ClientOptions.to("127.0.0.1:" + rotated.port())
                    .token(TestIssuer.sign("RS256", next.getPrivateKey(), "next", TestTokens.claims(""))));
            TestSql.done(before.events().ingest(order()));

            own.publish(next);
            // A flood of tokens with unknown keys makes one read in five seconds; the first of them brings the new key.
            org.awaitility.Awaitility.await()
                    .atMost(java.time.Duration.ofSeconds(20))
                    .until(() -> TestServer.await(
                            after.events().ingest(order()).map(v -> true).otherwise(false)));

            assertThat(refusal(before.events().ingest(order()))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
            assertThat(own.reads.get()).isLessThan(10);
            TestServer.await(before.close());
            TestServer.await(after.close());
        }
    }

    @Test
    void anyone_mayAskForTheLog_butNotForTheOperatorsThings() throws Exception {
        EventSyncClient client = client(tokens.rs256(TestTokens.claims("")));

        TestSql.done(client.admin().getLogInfo(GetLogInfoRequest.getDefaultInstance()));
        assertThat(refusal(client.admin().listTokens(io.eventsync.v1.ListTokensRequest.getDefaultInstance())))
                .isEqualTo(Reason.REASON_TAG_FORBIDDEN);
    }

    /** Several event loops wait for one read of the keys: none of them may go on where another began. */
    @Test
    void callersThatWaitForTheSameKeys_goOnOnTheirOwnEventLoops() throws Exception {
        Vertx vertx = Vertx.vertx();
        Promise<Void> open = Promise.promise();
        try (TestIssuer own = new TestIssuer()) {
            own.holdUntil(open.future());
            Authenticator authenticator = new Authenticator(
                    vertx,
                    PgBuilder.pool()
                            .connectingTo(TestPostgres.freshDatabase())
                            .using(vertx)
                            .build(),
                    AuthConfig.from(TestSettings.load(AuthConfig.SETTINGS, own.flags())),
                    InstantSource.system());
            Credentials shown = new Credentials(
                    Optional.of(TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", TestTokens.claims(""))),
                    Optional.empty());
            List<Future<Boolean>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Context loop = ((VertxInternal) vertx).createEventLoopContext();
                Promise<Boolean> stayed = Promise.promise();
                Promise<Void> asked = Promise.promise();
                loop.runOnContext(v -> {
                    authenticator
                            .principal(shown)
                            .onComplete(principal -> stayed.complete(Vertx.currentContext() == loop), stayed::tryFail);
                    asked.complete();
                });
                TestServer.await(asked.future());
                callers.add(stayed.future());
            }

            open.complete();

            for (Future<Boolean> stayed : callers) {
                assertThat(TestServer.await(stayed)).isTrue();
            }
        } finally {
            TestServer.await(vertx.close());
        }
    }

    @Test
    void aSession_losesNoMessage_thatCameBeforeItWasKnownWhoCalls() throws Exception {
        Promise<Void> open = Promise.promise();
        try (TestIssuer own = new TestIssuer()) {
            own.publish(own.ec);
            try (TestServer slow = TestServer.start(own.flags())) {
                own.publish(own.rsa);
                own.holdUntil(open.future());
                int before = own.reads.get();
                Promise<IngestStreamResponse> ack = Promise.promise();
                String token = TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", TestTokens.claims(""));
                // Made-up tokens cause a read of the keys once in a while only: this one comes when the next may be.
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                    slow.newClient()
                            .request(slow.address(), EventServiceGrpcClient.IngestStream)
                            .onSuccess(call -> {
                                call.headers().set("authorization", "Bearer " + token);
                                call.write(IngestStreamRequest.newBuilder()
                                        .setSequence(1)
                                        .addEvents(Event.newBuilder().setTag("ORDER"))
                                        .build());
                                call.response()
                                        .onSuccess(response -> response.handler(answer -> {
                                            if (answer.hasAck()) {
                                                ack.tryComplete(answer);
                                            }
                                        }));
                            });
                    return own.reads.get() > before;
                });
                // The message is there by now: it was sent with the headers that caused the read.
                open.complete();

                assertThat(TestServer.await(ack.future()).getAck().getThroughSequence())
                        .isEqualTo(1);
            }
        }
    }

    /** Stored filters name at most a hundred prefixes: one with more could not be read again, nor could the list that it is in. */
    @Test
    void moreRightsThanAFilterHolds_areNotStoredAsOne() throws Exception {
        String grants = IntStream.rangeClosed(0, 100)
                .mapToObj(n -> "\"read:T" + n + "\",\"deliver:T" + n + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        EventSyncClient client = client(tokens.rs256(TestTokens.with("permissions", grants)));
        CreateConsumerRequest request = CreateConsumerRequest.newBuilder()
                .setConsumer(Consumer.newBuilder().setName("many"))
                .build();

        assertThat(refusal(client.consumers().createConsumer(request))).isEqualTo(Reason.REASON_FIELD_INVALID);
        assertThat(refusal(client.endpoints()
                        .createEndpoint(CreateEndpointRequest.newBuilder()
                                .setEndpoint(Endpoint.newBuilder()
                                        .setName("many")
                                        .setWebhook(Webhook.newBuilder().setUrl("http://127.0.0.1:1/")))
                                .build())))
                .isEqualTo(Reason.REASON_FIELD_INVALID);
        TestSql.done(client.events().listEvents(ListEventsRequest.getDefaultInstance()));
        TestSql.done(client.consumers().listConsumers(ListConsumersRequest.getDefaultInstance()));
    }

    /** An issuer may publish keys of kinds that this server does not know, or that are broken: the others count. */
    @Test
    void keysOfUnknownKinds_doNotSpoilTheOthers() throws Exception {
        try (TestIssuer own = new TestIssuer()) {
            String good = own.rsa.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
            own.publish("{\"keys\":[{\"kty\":\"AKP\",\"kid\":\"pq\",\"alg\":\"ML-DSA-65\",\"pub\":\"AA\"},"
                    + "{\"kty\":\"EC\",\"crv\":\"P-999\",\"kid\":\"curve\",\"x\":\"AA\",\"y\":\"AA\"},"
                    + "{\"kid\":\"nothing\"}," + "{\"kty\":\"RSA\",\"kid\":\"broken\"},"
                    + "{\"kty\":\"RSA\",\"kid\":5,\"n\":\"AQAB\",\"e\":\"AQAB\"}," + good + "]}");
            try (TestServer odd = TestServer.start(own.flags())) {
                EventSyncClient client = EventSyncClient.connect(ClientOptions.to("127.0.0.1:" + odd.port())
                        .token(TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", TestTokens.claims(""))));

                TestSql.done(client.events().ingest(order()));

                TestServer.await(client.close());
            }
        }
    }

    private static Reason refusal(io.vertx.core.Future<?> call) {
        return catchThrowableOfType(EventSyncException.class, () -> TestServer.await(call))
                .reason();
    }

    private static IngestRequest order() {
        return IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setTag("ORDER.PAID"))
                .build();
    }
}
