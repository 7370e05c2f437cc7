package io.eventsync.server;

import static io.eventsync.server.RawHttp2.framed;
import static io.eventsync.server.RawHttp2.grpc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscriptionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Promises L5 and L8: heavy clients are not cut off, and clients that are gone are noticed. */
class HonestClientIT {
    private static final String SUBSCRIBE = "/eventsync.v1.EventService/Subscribe";
    private static final int CANCELS = 2_000;
    private static final int STREAMS = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static TestServer server;

    @BeforeAll
    static void startServer() {
        server = TestServer.start(Map.of("server-ping-interval", "1s", "server-ping-timeout", "1s"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** In much less than the 30 s of the promise, which is harder. */
    @Test
    void connection_staysOpen_whenClientCancelsOften() {
        try (RawHttp2 client = RawHttp2.connect(server.port())) {
            for (int i = 0; i < CANCELS; i++) {
                client.reset(subscribe(client, "cancels"), RawHttp2.CANCEL);
            }
            client.flush();

            assertThat(client.goAway()).isEmpty();
            assertServes(client);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(subscriptions("cancels")).isEmpty());
        }
    }

    @Test
    void streams_areAllServed_whenClientOpensHundreds() {
        try (RawHttp2 client = RawHttp2.connect(server.port())) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(subscribe(client, "many"));
            }

            streams.forEach(stream ->
                    assertThat(client.body(stream, 1)).as("stream %s", stream).isNotEmpty());
            assertThat(subscriptions("many")).hasSize(STREAMS);
            assertThat(client.goAway()).isEmpty();
            assertServes(client);
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(subscriptions("many")).isEmpty());
    }

    @Test
    void peer_isLetGo_whenItAnswersNoPings() {
        try (RawHttp2 client = RawHttp2.connect(server.port())) {
            client.stopAnsweringPings();
            assertThat(client.body(subscribe(client, "half-open"), 1)).isNotEmpty();
            assertThat(subscriptions("half-open")).hasSize(1);

            client.awaitClosed();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(subscriptions("half-open")).isEmpty());
        }
    }

    @Test
    void peer_isKept_whenItAnswersPings() {
        try (RawHttp2 client = RawHttp2.connect(server.port())) {
            assertThat(client.body(subscribe(client, "answers"), 1)).isNotEmpty();

            await().during(Duration.ofSeconds(4))
                    .atMost(PATIENCE)
                    .until(() -> !client.isClosed() && subscriptions("answers").size() == 1);
        }
    }

    @Test
    void subscription_isReleased_whenItsDeadlineIsOver() {
        try (RawHttp2 client = RawHttp2.connect(server.port())) {
            WireAnswer answer = client.answer(subscribe(client, "deadline", "grpc-timeout", "300m"));

            assertThat(answer.grpcStatus()).isEqualTo(4);
            assertThat(answer.reason()).isEqualTo("DEADLINE_EXCEEDED");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(subscriptions("deadline")).isEmpty());
        }
    }

    private static int subscribe(RawHttp2 client, String name, String... headers) {
        int id = client.open(false, grpc(SUBSCRIBE, headers));
        byte[] request =
                SubscribeRequest.newBuilder().setClientName(name).build().toByteArray();
        client.data(id, framed(0, request), true);
        return id;
    }

    private static List<SubscriptionInfo> subscriptions(String name) {
        return TestServer.await(server.admin().listSubscriptions(ListSubscriptionsRequest.getDefaultInstance()))
                .getSubscriptionsList()
                .stream()
                .filter(subscription -> subscription.getClientName().equals(name))
                .toList();
    }

    private static void assertServes(RawHttp2 client) {
        assertThat(client.call("/eventsync.v1.AdminService/GetServerInfo", new byte[0])
                        .grpcStatus())
                .isZero();
    }
}
