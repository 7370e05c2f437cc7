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
import io.vertx.pgclient.PgBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON Web Tokens against an issuer that publishes keys: what counts, and all that does not. */
class JwtIT {
    private static TestIssuer issuer;
    private static TestServer server;
    private static final List<EventSyncClient> CLIENTS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        server = TestServer.start(issuer.flags());
    }

    @AfterAll
    static void stop() {
        CLIENTS.forEach(client -> TestServer.await(client.close()));
        server.close();
        issuer.close();
    }

    private static String claims(String more) {
        long now = Instant.now().getEpochSecond();
        return "{\"iss\":\"" + TestIssuer.ISSUER + "\",\"aud\":[\"" + TestIssuer.AUDIENCE
                + "\"],\"sub\":\"auth0|1\",\"exp\":" + (now + 600)
                + ",\"permissions\":[\"ingest:ORDER\",\"read:ORDER\",\"something:else\"]" + more + "}";
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
        EventSyncClient client = client(TestIssuer.sign(algorithm, key.getPrivateKey(), key.getKeyId(), claims("")));

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
        PublicJsonWebKey other = TestIssuer.named(RsaJwkGenerator.generateJwk(2048), "rsa");
        PublicJsonWebKey unknown = TestIssuer.named(RsaJwkGenerator.generateJwk(2048), "unknown");
        String good = claims("");
        String publicPem = new String(issuer.rsa.getKey().getEncoded(), StandardCharsets.ISO_8859_1);
        String signed = rs256(good);
        return Stream.of(
                Arguments.of("signed by another key of this id", sign(other, good)),
                Arguments.of("unknown key id", sign(unknown, good)),
                Arguments.of(
                        "no key id, several keys", TestIssuer.sign("RS256", issuer.rsa.getPrivateKey(), null, good)),
                Arguments.of("expired", rs256(with("exp", "" + (Instant.now().getEpochSecond() - 120)))),
                Arguments.of("no exp", rs256(good.replaceFirst("\"exp\":[0-9]+,", ""))),
                Arguments.of("exp as text", rs256(with("exp", "\"soon\""))),
                Arguments.of(
                        "not yet valid",
                        rs256(claims(",\"nbf\":" + (Instant.now().getEpochSecond() + 600)))),
                Arguments.of("other issuer", rs256(with("iss", "\"https://issuer.example.evil/\""))),
                Arguments.of("issuer without slash", rs256(with("iss", "\"https://issuer.example\""))),
                Arguments.of("no issuer", rs256(good.replaceFirst("\"iss\":\"[^\"]*\",", ""))),
                Arguments.of("other audience", rs256(with("aud", "[\"https://other.example\"]"))),
                Arguments.of("no audience", rs256(good.replaceFirst("\"aud\":\\[[^]]*],", ""))),
                Arguments.of("no subject", rs256(good.replaceFirst("\"sub\":\"[^\"]*\",", ""))),
                Arguments.of("alg none", none(good)),
                Arguments.of(
                        "alg NONE", none(good).replace(base64("{\"alg\":\"none\"}"), base64("{\"alg\":\"NONE\"}"))),
                Arguments.of(
                        "HS256 with the public key as its secret",
                        TestIssuer.sign(
                                "HS256", new HmacKey(publicPem.getBytes(StandardCharsets.ISO_8859_1)), "rsa", good)),
                Arguments.of(
                        "EC algorithm, RSA key id", TestIssuer.sign("ES256", issuer.ec.getPrivateKey(), "rsa", good)),
                Arguments.of("payload changed", tampered(signed)),
                Arguments.of("signature cut", signed.substring(0, signed.length() - 8)),
                Arguments.of("signature empty", signed.substring(0, signed.lastIndexOf('.') + 1)),
                Arguments.of("unknown crit", crit(good)),
                Arguments.of("not JSON", rs256("nonsense")),
                Arguments.of("two parts", "a.b"),
                Arguments.of("four parts", signed + ".x"),
                Arguments.of("encrypted form", "a.b.c.d.e"),
                Arguments.of("no token at all", "x"),
                Arguments.of(
                        "key id as number", base64("{\"alg\":\"RS256\",\"kid\":5}") + "." + base64(good) + ".AAAA"),
                Arguments.of("alg as number", base64("{\"alg\":5,\"kid\":\"rsa\"}") + "." + base64(good) + ".AAAA"),
                Arguments.of("no alg", base64("{\"kid\":\"rsa\"}") + "." + base64(good) + ".AAAA"),
                Arguments.of("header is a list", base64("[]") + "." + base64(good) + ".AAAA"),
                Arguments.of("header is null", base64("null") + "." + base64(good) + ".AAAA"),
                Arguments.of(
                        "crit as text",
                        base64("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":\"x\"}") + "." + base64(good) + ".AAAA"),
                Arguments.of(
                        "b64 as text",
                        base64("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"b64\":\"x\",\"crit\":[\"b64\"]}") + "."
                                + base64(good) + ".AAAA"),
                Arguments.of("deep header", base64("{\"a\":" + "[".repeat(2_000)) + "." + base64(good) + ".AAAA"),
                Arguments.of(
                        "encrypted with dir",
                        base64("{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"kid\":\"rsa\"}") + "..AAAA.AAAA.AAAA"),
                Arguments.of(
                        "encrypted, zipped",
                        base64("{\"alg\":\"RSA-OAEP\",\"enc\":\"A128GCM\",\"zip\":\"DEF\",\"kid\":\"rsa\"}")
                                + ".AAAA.AAAA.AAAA.AAAA"),
                Arguments.of(
                        "encrypted by password",
                        base64(
                                        "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":2000000000,\"p2s\":\"AAAAAAAAAAAAAAAA\",\"kid\":\"rsa\"}")
                                + ".AAAA.AAAA.AAAA.AAAA"),
                Arguments.of("signed claims are a list", rs256("[]")),
                Arguments.of("signed claims are a text", rs256("\"x\"")),
                Arguments.of("audience as number", rs256(with("aud", "5"))),
                Arguments.of("issuer as number", rs256(with("iss", "5"))),
                Arguments.of("subject as number", rs256(with("sub", "5"))),
                Arguments.of("subject as list", rs256(with("sub", "[1]"))),
                Arguments.of("exp beyond all time", rs256(with("exp", "99999999999999999999999999"))),
                Arguments.of("exp of the last second", rs256(with("exp", "" + Long.MAX_VALUE))),
                Arguments.of("exp negative", rs256(with("exp", "-1"))));
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

    @Test
    void rotatedKeys_areFound_andOldOnesCountNoMore() throws Exception {
        try (TestIssuer own = new TestIssuer();
                TestServer rotated = TestServer.start(own.flags())) {
            PublicJsonWebKey next = TestIssuer.named(RsaJwkGenerator.generateJwk(2048), "next");
            EventSyncClient before = EventSyncClient.connect(ClientOptions.to("127.0.0.1:" + rotated.port())
                    .token(TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", claims(""))));
            EventSyncClient after = EventSyncClient.connect(ClientOptions.to("127.0.0.1:" + rotated.port())
                    .token(TestIssuer.sign("RS256", next.getPrivateKey(), "next", claims(""))));
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
        EventSyncClient client = client(rs256(claims("")));

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
                    Optional.of(TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", claims(""))),
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
                String token = TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", claims(""));
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
        EventSyncClient client = client(rs256(with("permissions", grants)));
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
                        .token(TestIssuer.sign("RS256", own.rsa.getPrivateKey(), "rsa", claims(""))));

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

    private static String rs256(String claims) throws Exception {
        return sign(issuer.rsa, claims);
    }

    private static String sign(PublicJsonWebKey key, String claims) throws Exception {
        return TestIssuer.sign("RS256", key.getPrivateKey(), key.getKeyId(), claims);
    }

    private static String with(String claim, String value) {
        return claims("").replaceFirst("\"" + claim + "\":(\"[^\"]*\"|\\[[^]]*]|[0-9]+)", "\"" + claim + "\":" + value);
    }

    private static String none(String claims) {
        return base64("{\"alg\":\"none\"}") + "." + base64(claims) + ".";
    }

    private static String crit(String claims) throws Exception {
        org.jose4j.jws.JsonWebSignature jws = new org.jose4j.jws.JsonWebSignature();
        jws.setAlgorithmHeaderValue("RS256");
        jws.setKey(issuer.rsa.getPrivateKey());
        jws.setKeyIdHeaderValue("rsa");
        jws.setHeader("crit", new String[] {"eventsync"});
        jws.setHeader("eventsync", "1");
        jws.setPayload(claims);
        return jws.getCompactSerialization();
    }

    private static String tampered(String token) {
        String[] parts = token.split("\\.", -1);
        String changed = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("ingest:ORDER", "admin:*");
        return parts[0] + "." + base64(changed) + "." + parts[2];
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
