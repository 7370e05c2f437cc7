package io.eventsync.loadtest.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import io.eventsync.loadtest.Edge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlakyReceiverIT {

    private static final Duration MAX = Duration.ofSeconds(10);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private final Vertx vertx = Edge.vertx(2);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private FlakyReceiver receiver;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        receiver = await(FlakyReceiver.start(
                vertx, ReceiverConfig.defaults().withEventLoops(2).withClock(now::get)));
    }

    @AfterEach
    void stop() {
        Edge.awaitDone(receiver.close(), MAX);
        Edge.close(vertx);
    }

    @Test
    void ok_takesEveryEvent_onEveryEventLoop() {
        for (int i = 0; i < 20; i++) {
            String path = "/hook/ok" + i % 4;
            int number = i;
            List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 10)
                    .mapToObj(n -> http.sendAsync(post(path, "id-" + number + "-" + n, "{}"), text()))
                    .toList();
            sent.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        }

        List<EndpointCounts> counts = await(receiver.journal());
        assertThat(counts).extracting(EndpointCounts::endpoint).containsExactly("ok0", "ok1", "ok2", "ok3");
        assertThat(counts).extracting(EndpointCounts::accepted).containsOnly(50L);
    }

    @Test
    void plainModes_answerTheirStatusAndHeader() throws Exception {
        assertThat(send("/hook/a?mode=503", "1").statusCode()).isEqualTo(503);
        assertThat(send("/hook/a?mode=gone", "1").statusCode()).isEqualTo(410);
        HttpResponse<String> throttled = send("/hook/a?mode=throttle:7", "1");
        assertThat(throttled.statusCode()).isEqualTo(429);
        assertThat(throttled.headers().firstValue("retry-after")).hasValue("7");
        HttpResponse<String> refused = send("/hook/a?mode=no-retry", "1");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("eventsync-no-retry")).hasValue("true");

        assertThat(counts("a").repeats()).isEqualTo(3);
    }

    @Test
    void redirect_leadsToTheCanary_whichCounts() throws Exception {
        HttpResponse<String> answer = send("/hook/a?mode=redirect:/canary", "1");
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(receiver.canaryHits()).isZero();

        String location = answer.headers().firstValue("location").orElseThrow();
        assertThat(get(location).statusCode()).isEqualTo(200);

        assertThat(receiver.canaryHits()).isEqualTo(1);
    }

    @Test
    void hang_neverAnswers() throws Exception {
        try (RawClient client = new RawClient(receiver.port())) {
            client.post("/hook/a?mode=hang");
            client.readMillisMax(300);

            assertThatThrownBy(client::read).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(counts("a").answers()).containsEntry(0, 1L);
    }

    @Test
    void trickle_sendsAHeadAndAByteAtATime() throws Exception {
        try (RawClient client = new RawClient(receiver.port())) {
            client.post("/hook/a?mode=trickle");

            assertThat(client.head()).startsWith("HTTP/1.1 200 ").contains("content-length: 1000000");
            assertThat(client.read(2)).hasSize(2);
            client.readMillisMax(200);
            assertThatThrownBy(client::read).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void huge_doesNotEnd_andLeavesTheEventLoopToOthers() throws Exception {
        try (RawClient client = new RawClient(receiver.port())) {
            client.post("/hook/a?mode=huge");

            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
            assertThat(client.read(32 << 20)).hasSize(32 << 20);
            assertThat(send("/hook/a", "other").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void gzipBomb_isSmallOnTheWireAndLargeInflated() throws Exception {
        HttpResponse<byte[]> answer =
                http.send(post("/hook/a?mode=gzip-bomb", "1", "{}"), HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.headers().firstValue("content-encoding")).hasValue("gzip");
        assertThat(answer.body()).hasSizeLessThan(1 << 19);
        try (GZIPInputStream inflated = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            inflated.skipNBytes(GzipBomb.INFLATED_BYTES);
            assertThat(inflated.read()).isEqualTo(-1);
        }
    }

    @Test
    void reset_breaksTheConnectionInTheBody() throws Exception {
        try (RawClient client = new RawClient(receiver.port())) {
            client.post("/hook/a?mode=reset");

            assertThat(client.head()).startsWith("HTTP/1.1 200 ").contains("content-length: 65536");
            assertThatThrownBy(client::all).isInstanceOf(SocketException.class).hasMessageContaining("reset");
        }
        assertThat(counts("a").accepted()).isZero();
    }

    @Test
    void close_endsTheConnectionWithoutAByte() throws Exception {
        try (RawClient client = new RawClient(receiver.port())) {
            client.post("/hook/a?mode=close");

            assertThat(client.all()).isEmpty();
        }
    }

    @Test
    void garbage_isNotHttp() throws Exception {
        try (RawClient client = new RawClient(receiver.port())) {
            client.post("/hook/a?mode=garbage");

            assertThat(new String(client.all(), StandardCharsets.UTF_8))
                    .isNotEmpty()
                    .doesNotContain("HTTP/1");
        }
    }

    @Test
    void flap_followsTheClock() throws Exception {
        receiver.behave("a", Mode.parse("flap:10:20"));

        assertThat(send("/hook/a", "1").statusCode()).isEqualTo(200);
        now.updateAndGet(before -> before.plusSeconds(10));
        assertThat(send("/hook/a", "2").statusCode()).isEqualTo(500);
        now.updateAndGet(before -> before.plusSeconds(20));
        assertThat(send("/hook/a", "2").statusCode()).isEqualTo(200);
    }

    @Test
    void fail_choosesByIdAndAttempt() throws Exception {
        receiver.behave("a", Mode.parse("fail:50"));
        int failed = 0;
        for (int i = 0; i < 100; i++) {
            String id = "id-" + i;
            boolean isHit = Share.isHit(50, 1, id, 7);
            HttpRequest request = HttpRequest.newBuilder(uri("/hook/a"))
                    .header(Receipt.ID, id)
                    .header(Receipt.ATTEMPT, "7")
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            assertThat(http.send(request, text()).statusCode()).isEqualTo(isHit ? 500 : 200);
            failed += isHit ? 1 : 0;
        }
        assertThat(counts("a").answers()).containsEntry(500, (long) failed);
    }

    @Test
    void failFirst_takesTheThird() throws Exception {
        receiver.behave("a", Mode.parse("fail-first:2"));

        assertThat(send("/hook/a", "1").statusCode()).isEqualTo(500);
        assertThat(send("/hook/a", "1").statusCode()).isEqualTo(500);
        assertThat(send("/hook/a", "1").statusCode()).isEqualTo(200);
        assertThat(await(receiver.ids("a"))).containsExactly(new IdCount("1", 1, 3));
    }

    @Test
    void slow_acceptsWhenItAnswers() throws Exception {
        long started = System.nanoTime();
        assertThat(send("/hook/a?mode=slow:100", "1").statusCode()).isEqualTo(200);

        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(99_000_000);
        assertThat(counts("a").accepted()).isEqualTo(1);
    }

    @Test
    void batchModes_takeAPart() throws Exception {
        String batch = "{\"events\":[{\"id\":\"a\",\"cursor\":\"c1\"},{\"id\":\"b\",\"cursor\":\"c2\"}]}";

        HttpResponse<String> acked = http.send(post("/hook/b?mode=ack:1", "1", batch), text());
        assertThat(acked.headers().firstValue("eventsync-ack")).hasValue("c1");
        HttpResponse<String> partial = http.send(post("/hook/b?mode=partial:100", "2", batch), text());
        assertThat(partial.body()).isEqualTo("{\"failed\":[\"a\",\"b\"]}");

        assertThat(await(receiver.ids("b"))).containsExactly(new IdCount("a", 1, 2), new IdCount("b", 0, 2));
    }

    @Test
    void signature_isAsked_whenTheEndpointHasASecret() throws Exception {
        assertThat(control("a", "{\"secret\":\"" + SECRET + "\"}").statusCode()).isEqualTo(200);

        assertThat(send("/hook/a", "1").statusCode()).isEqualTo(401);
        assertThat(http.send(signed("1", "{\"a\":\"ä\"}", "{}"), text()).statusCode())
                .isEqualTo(401);
        assertThat(http.send(signed("1", "{\"a\":\"ä\"}", "{\"a\":\"ä\"}"), text())
                        .statusCode())
                .isEqualTo(200);

        assertThat(counts("a").badSignatures()).isEqualTo(2);
        assertThat(counts("a").accepted()).isEqualTo(1);
        assertThat(control("a", "{\"secret\":null}").statusCode()).isEqualTo(200);
        assertThat(send("/hook/a", "1").statusCode()).isEqualTo(200);
    }

    @Test
    void control_refuses_whatItDoesNotKnow() throws Exception {
        HttpResponse<String> unknown = control("a", "{\"mode\":\"nope\"}");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("fail-first:<n>");
        assertThat(control("a", "{\"modes\":\"ok\"}").statusCode()).isEqualTo(400);
        assertThat(control("a", "{\"mode\":5}").statusCode()).isEqualTo(400);
        assertThat(control("a", "nonsense").statusCode()).isEqualTo(400);
        assertThat(control("a%20b", "{}").statusCode()).isEqualTo(400);
        assertThat(send("/hook/a?mode=nope", "1").body()).contains("gzip-bomb");
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);

        assertThat(control("a", "{\"mode\":\"410\"}").body()).contains("status:410");
        assertThat(send("/hook/a", "1").statusCode()).isEqualTo(410);
    }

    @Test
    void journal_isShown_andForgotten() throws Exception {
        assertThat(send("/hook/a", "one").statusCode()).isEqualTo(200);
        assertThat(send("/hook/a", "one").statusCode()).isEqualTo(200);

        JsonObject all = new JsonObject(get("/journal").body());
        JsonObject first = all.getJsonArray("endpoints").getJsonObject(0);
        assertThat(first.getLong("duplicates")).isEqualTo(1);
        assertThat(first.getJsonObject("answers").getLong("200")).isEqualTo(2);
        JsonObject one = new JsonObject(get("/journal/a").body());
        assertThat(one.getJsonArray("requests")
                        .getJsonObject(1)
                        .getJsonObject("headers")
                        .getString("webhook-id"))
                .isEqualTo("one");
        assertThat(get("/journal/a/ids").body()).isEqualTo("one\t2\t2\n");
        assertThat(send("/hook/b", "two").statusCode()).isEqualTo(200);
        assertThat(new JsonObject(get("/accepted").body()).getLong("accepted")).isEqualTo(2);
        assertThat(get("/").body()).contains("<table>", "<td>a</td>", "canary hits: 0");
        assertThat(await(receiver.requests("a"))).hasSize(2);

        HttpRequest delete = HttpRequest.newBuilder(uri("/journal")).DELETE().build();
        assertThat(http.send(delete, text()).statusCode()).isEqualTo(204);
        assertThat(counts("a").received()).isZero();
        assertThat(new JsonObject(get("/accepted").body()).getLong("accepted")).isZero();
    }

    @Test
    void log_hasALineForEachRequest_beforeItIsAnswered() throws Exception {
        Path file = folder.resolve("received.jsonl");
        Files.writeString(file, "before\n");
        FlakyReceiver logging = await(FlakyReceiver.start(
                vertx, ReceiverConfig.defaults().withLog(file).withEventLoops(2).withMode("a", "503")));

        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 50)
                .mapToObj(n -> http.sendAsync(
                        HttpRequest.newBuilder(URI.create(logging.url("a")))
                                .header(Receipt.ID, "id-" + n)
                                .header(Receipt.ATTEMPT, "3")
                                .header(Receipt.CURSOR, "c")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        text()))
                .toList();
        sent.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(503));

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(51).startsWith("before");
        JsonObject line = new JsonObject(lines.get(1));
        assertThat(line.getString(Receipt.ID)).startsWith("id-");
        assertThat(line.getInteger(Receipt.ATTEMPT)).isEqualTo(3);
        assertThat(line.getInteger("status")).isEqualTo(503);
        assertThat(line.getString("sha256"))
                .isEqualTo("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        Edge.awaitDone(logging.close(), MAX);
    }

    @Test
    void headers_areRead_whenTheyAreMany() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/hook/a")).expectContinue(true);
        for (int i = 0; i < 10; i++) {
            request.header("x-own-" + i, "v".repeat(4_000));
        }

        assertThat(http.send(
                                request.POST(HttpRequest.BodyPublishers.ofString("{}"))
                                        .build(),
                                text())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void body_isRefused_whenTooLarge() throws Exception {
        HttpRequest large = HttpRequest.newBuilder(uri("/hook/a"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[BodyReader.BYTES_MAX + 1]))
                .build();
        try {
            assertThat(http.send(large, text()).statusCode()).isEqualTo(413);
        } catch (IOException e) {
            // The receiver closed before the client had sent all of it.
        }
        assertThat(counts("a").received()).isZero();
    }

    @Test
    void start_fails_whenThePortIsTaken() {
        Vertx other = Edge.vertx(1);
        try {
            assertThatThrownBy(() -> await(
                            FlakyReceiver.start(other, ReceiverConfig.defaults().withPort(receiver.port()))))
                    .hasMessageContaining("in use");
            assertThat(other.deploymentIDs()).isEmpty();
        } finally {
            Edge.close(other);
        }
    }

    private EndpointCounts counts(String endpoint) {
        return await(receiver.journal(endpoint));
    }

    private HttpResponse<String> send(String path, String id) throws IOException, InterruptedException {
        return http.send(post(path, id, "{}"), text());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), text());
    }

    private HttpResponse<String> control(String endpoint, String json) throws IOException, InterruptedException {
        HttpRequest put = HttpRequest.newBuilder(uri("/control/" + endpoint))
                .PUT(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return http.send(put, text());
    }

    private HttpRequest post(String path, String id, String body) {
        return HttpRequest.newBuilder(uri(path))
                .timeout(MAX)
                .header(Receipt.ID, id)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpRequest signed(String id, String signedBody, String body) throws Exception {
        long seconds = System.currentTimeMillis() / 1_000;
        return HttpRequest.newBuilder(uri("/hook/a"))
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(seconds))
                .header("webhook-signature", new Webhook(SECRET).sign(id, seconds, signedBody))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private URI uri(String path) {
        return URI.create(receiver.baseUrl() + path);
    }

    private static HttpResponse.BodyHandler<String> text() {
        return HttpResponse.BodyHandlers.ofString();
    }

    private static <T> T await(Future<T> future) {
        return Edge.await(future, MAX);
    }
}
