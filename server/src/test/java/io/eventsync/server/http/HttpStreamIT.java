package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.SubscriptionInfo;
import io.eventsync.v1.TerminateSubscriptionRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams over HTTP. */
@Timeout(120)
class HttpStreamIT {
    private TestServer server;

    @BeforeEach
    void startServer() {
        server = TestServer.start();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private static void ingest(TestServer server, int from, int count, String message) {
        IngestBatchRequest.Builder batch = IngestBatchRequest.newBuilder();
        IntStream.range(from, from + count)
                .forEach(i -> batch.addEvents(
                        Event.newBuilder().setId("e" + i).setTag("STREAM.X").setMessage(message)));
        var unused = TestServer.await(server.events().ingestBatch(batch.build()));
    }

    private List<SubscriptionInfo> subscriptions() {
        return TestServer.await(server.admin().listSubscriptions(ListSubscriptionsRequest.getDefaultInstance()))
                .getSubscriptionsList();
    }

    private static BufferedReader lines(java.io.InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** The next server-sent event, by the names of its lines; none at the end. */
    private static Map<String, String> next(BufferedReader in) throws IOException {
        Map<String, String> message = new LinkedHashMap<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty() && message.containsKey("data")) {
                return message;
            }
            int colon = line.indexOf(": ");
            if (colon > 0) {
                message.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        return Map.of();
    }

    @Test
    void eventSource_losesAndRepeatsNothing_whenTheServerRestarts() throws IOException {
        ingest(server, 0, 30, "before");
        List<Long> positions = new ArrayList<>();
        String lastId = "";
        String url = "/v1/events:subscribe?filter.tag_prefixes=STREAM&start.anchor=ANCHOR_BEGINNING";

        try (BufferedReader in = lines(new TestHttp(server).open(url, "accept", "text/event-stream"))) {
            while (positions.size() < 7) {
                lastId = take(next(in), positions, lastId);
            }
        }
        ingest(server, 30, 10, "between");
        TestServer after = TestServer.start(server.database(), Map.of());
        server.stop();
        try (after;
                BufferedReader in =
                        lines(new TestHttp(after).open(url, "accept", "text/event-stream", "last-event-id", lastId))) {
            ingest(after, 40, 10, "after");
            while (positions.size() < 50) {
                lastId = take(next(in), positions, lastId);
            }
        }

        assertThat(positions).isEqualTo(LongStream.rangeClosed(1, 50).boxed().toList());
    }

    private static String take(Map<String, String> message, List<Long> positions, String lastId) {
        if (!message.containsKey("event")) {
            positions.add(Long.valueOf(new JsonObject(message.get("data")).getString("position")));
        }
        return message.getOrDefault("id", lastId);
    }

    @Test
    void eventSource_isTold_whenTheServerDrains() throws IOException {
        try (BufferedReader in =
                lines(new TestHttp(server).open("/v1/events:subscribe", "accept", "text/event-stream"))) {
            assertThat(in.readLine()).startsWith("retry: ");
            assertThat(next(in)).containsEntry("event", "started").containsKey("id");
            assertThat(next(in)).containsEntry("event", "progress");

            server.stop();

            assertThat(next(in))
                    .containsEntry("event", "draining")
                    .containsEntry("retry", "1000")
                    .containsKey("id");
            assertThat(next(in)).isEmpty(); // a clean end: a cut one would throw
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void frames_areLines_whenNothingElseIsAskedFor(HttpClient.Version version) throws IOException {
        ingest(server, 0, 3, "m");
        TestHttp http = new TestHttp(server, version);

        try (BufferedReader in = lines(http.open("/v1/events:subscribe?start.after_position=1", "accept", "*/*"))) {
            JsonObject started = new JsonObject(in.readLine());
            JsonObject batch = new JsonObject(in.readLine());
            JsonObject live = new JsonObject(in.readLine());
            ingest(server, 3, 1, "live");
            JsonObject news = new JsonObject(in.readLine());

            assertThat(started.getJsonObject("started").getString("startPosition"))
                    .isEqualTo("1");
            assertThat(batch.getJsonObject("batch").getJsonArray("events")).hasSize(2);
            assertThat(live.getJsonObject("progress").getString("state")).isEqualTo("STATE_LIVE");
            assertThat(news.getJsonObject("batch").getJsonArray("events")).hasSize(1);
            assertThat(news.getString("cursor")).isNotEqualTo(live.getString("cursor"));
        }
        await().untilAsserted(() -> assertThat(subscriptions()).isEmpty());
    }

    @Test
    void array_endsAtTheHead_orAtAThousandEvents() {
        ingest(server, 0, 3, "m");
        TestHttp http = new TestHttp(server);
        String url = "/v1/events:subscribe?start.anchor=ANCHOR_BEGINNING";

        JsonArray few =
                new JsonArray(http.get(url, "accept", "application/json").text());
        for (int i = 0; i < 3; i++) {
            ingest(server, 3 + i * 500, 500, "m");
        }
        JsonArray many =
                new JsonArray(http.get(url, "accept", "application/json").text());

        assertThat(few).hasSize(3);
        assertThat(few.getJsonObject(2).getJsonObject("progress").getString("state"))
                .isEqualTo("STATE_LIVE");
        assertThat(many.stream()
                        .map(frame -> ((JsonObject) frame).getJsonObject("batch"))
                        .filter(batch -> batch != null)
                        .mapToInt(batch -> batch.getJsonArray("events").size())
                        .sum())
                .isBetween(900, 1_000);
        await().untilAsserted(() -> assertThat(subscriptions()).isEmpty());
    }

    @Test
    void failure_isTheLastThingSaid_whenFramesWereSent() throws IOException {
        TestHttp http = new TestHttp(server);
        try (BufferedReader ndjson = lines(http.open("/v1/events:subscribe"));
                BufferedReader sse = lines(http.open("/v1/events:subscribe", "accept", "text/event-stream"))) {
            await().untilAsserted(() -> assertThat(subscriptions()).hasSize(2));
            subscriptions().forEach(s -> {
                var unused = TestServer.await(server.admin()
                        .terminateSubscription(TerminateSubscriptionRequest.newBuilder()
                                .setSubscriptionId(s.getSubscriptionId())
                                .build()));
            });

            assertThat(ndjson.lines().toList().get(2))
                    .startsWith("{\"error\":{\"code\":10,")
                    .contains("TERMINATED");
            Map<String, String> last = Map.of();
            for (Map<String, String> message = next(sse); !message.isEmpty(); message = next(sse)) {
                last = message;
            }
            assertThat(last).containsEntry("event", "failed");
            assertThat(last.get("data")).contains("TERMINATED");
        }
    }

    @Test
    void watch_resumesToo() throws IOException {
        TestHttp http = new TestHttp(server);
        String id;
        try (BufferedReader in =
                lines(http.open("/v1/attempts:watch?anchor=ANCHOR_NOW", "accept", "text/event-stream"))) {
            id = next(in).getOrDefault("id", "");
        }

        try (BufferedReader in = lines(http.open(
                "/v1/attempts:watch?anchor=ANCHOR_NOW", "accept", "text/event-stream", "last-event-id", id))) {
            assertThat(next(in)).containsEntry("event", "started").containsEntry("id", id);
        }
        assertThat(http.get("/v1/attempts:watch", "last-event-id", "garbage").reason())
                .isEqualTo("CURSOR_MALFORMED");
    }

    /** What is not read stays in the log, not in memory; and it is all there when it is. */
    @Test
    void stalledClient_isBounded_andGetsEverythingLater() throws IOException {
        int batches = 200;
        String message = "x".repeat(4_000);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(16 << 10);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            socket.getOutputStream()
                    .write("GET /v1/events:subscribe HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            await().untilAsserted(() -> assertThat(subscriptions()).hasSize(1));
            for (int i = 0; i < batches; i++) {
                ingest(server, i * 50, 50, message);
            }

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(subscriptions().get(0).getStalled()).isTrue());
            // 40 MB are in the log. Sockets of loopback hold a few; the server itself keeps some 100 kB.
            assertThat(subscriptions().get(0).getSentEvents()).isLessThan(3_000);

            List<Long> positions = new ArrayList<>();
            BufferedReader in = lines(socket.getInputStream());
            while (positions.size() < batches * 50) {
                positionsOf(in.readLine(), positions);
            }
            assertThat(positions)
                    .isEqualTo(LongStream.rangeClosed(1, batches * 50L).boxed().toList());
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(subscriptions()).isEmpty());
    }

    /** Headers and chunk sizes are lines too. */
    private static void positionsOf(String line, List<Long> positions) {
        if (line == null) {
            throw new UncheckedIOException(new IOException("ended after " + positions.size()));
        }
        if (line.startsWith("{") && line.contains("\"batch\"")) {
            new JsonObject(line)
                    .getJsonObject("batch")
                    .getJsonArray("events")
                    .forEach(event -> positions.add(Long.valueOf(((JsonObject) event).getString("position"))));
        }
    }
}
