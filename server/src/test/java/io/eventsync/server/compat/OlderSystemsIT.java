package io.eventsync.server.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients of the five older systems do, with only the host name changed. */
@Timeout(60)
class OlderSystemsIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("compat-process-interval", "100ms"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("content-type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    private static JsonObject post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send("POST", path, body);
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
        return new JsonObject(response.body());
    }

    private static long log(String category, String code, String message) throws IOException, InterruptedException {
        return post(
                        "/internal/log",
                        new JsonObject()
                                .put("category", category)
                                .put("code", code)
                                .put("message", message)
                                .encode())
                .getLong("id");
    }

    @Test
    void S1_1_aLogIsTakenIn_andAnswersItsIdAndCursor() throws Exception {
        JsonObject answer = post(
                "/internal/log",
                "{\"category\":\"DATABASE\",\"code\":\"CONNECTION_LOST\",\"message\":\"Lost connection to primary node\"}");

        assertThat(answer.getLong("id")).isPositive();
        assertThat(answer.getString("tag")).isEqualTo("DATABASE.CONNECTION_LOST");
        assertThat(answer.getString("cursor")).isNotEmpty();
        assertThat(server.query("select message from eventsync.events where position = " + answer.getLong("id")))
                .containsExactly("Lost connection to primary node");
    }

    @Test
    void S1_2_logsAfterANumber_comeInOrder_byPagesThatSayWhetherMoreFollow() throws Exception {
        long first = log("SINCE", "A", "0");
        for (int i = 1; i < 25; i++) {
            assertThat(log("SINCE", "A", Integer.toString(i))).isGreaterThan(first);
        }

        List<Long> ids = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        long since = first - 1;
        boolean hasMore = true;
        while (hasMore) {
            HttpResponse<String> page = get("/api/logs?limit=10&since=" + since);
            JsonArray logs = new JsonArray(page.body());
            assertThat(logs.size()).isLessThanOrEqualTo(10);
            for (int i = 0; i < logs.size(); i++) {
                JsonObject one = logs.getJsonObject(i);
                ids.add(one.getLong("id"));
                if (one.getString("category").equals("SINCE")) {
                    messages.add(one.getString("message"));
                }
            }
            hasMore = Boolean.parseBoolean(
                    page.headers().firstValue("eventsync-has-more").orElseThrow());
            assertThat(page.headers().firstValue("link").isPresent()).isEqualTo(hasMore);
            since = ids.get(ids.size() - 1);
        }

        assertThat(ids).startsWith(first).isSorted().doesNotHaveDuplicates();
        assertThat(ids.get(ids.size() - 1) - first + 1).isEqualTo(ids.size());
        assertThat(messages).hasSize(25).startsWith("0", "1", "2");
    }

    @Test
    void S2_1_S2_2_S2_3_aFileEventIsMade_read_andProcessedInTheBackground() throws Exception {
        JsonObject made =
                post("/sync-events", "{\"file_id\":\"f-1\",\"event_type\":\"upload\",\"metadata\":{\"size\":7}}");
        String id = made.getString("event_id");

        assertThat(made.getString("message")).isEqualTo("Sync event created successfully");
        await().until(() -> new JsonObject(get("/sync-events/" + id).body()).getBoolean("processed"));
        JsonObject read = new JsonObject(get("/sync-events/" + id).body());
        assertThat(read.getString("file_id")).isEqualTo("f-1");
        assertThat(read.getString("event_type")).isEqualTo("upload");
        assertThat(read.getJsonObject("metadata")).isEqualTo(new JsonObject().put("size", 7));
        assertThat(read.getInstant("processed_at")).isAfterOrEqualTo(read.getInstant("created_at"));

        JsonObject again = new JsonObject(get("/sync-events/" + id).body());
        assertThat(post("/sync-events", "{\"file_id\":\"f-2\",\"event_type\":\"delete\"}")
                        .getString("event_id"))
                .isNotEmpty();
        await().until(() -> new JsonArray(get("/sync-events?processed=false").body()).isEmpty());
        assertThat(again.getString("processed_at")).isEqualTo(read.getString("processed_at"));
    }

    @Test
    void S2_2_fileEventsAreListed_byTypeLimitAndOffset() throws Exception {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(post("/sync-events", "{\"file_id\":\"list-" + i + "\",\"event_type\":\"update\"}")
                    .getString("event_id"));
        }

        JsonArray some = new JsonArray(
                get("/sync-events?event_type=update&limit=2&offset=1").body());

        assertThat(some.size()).isEqualTo(2);
        assertThat(some.getJsonObject(0).getString("event_id")).isEqualTo(made.get(1));
        assertThat(some.getJsonObject(1).getString("event_id")).isEqualTo(made.get(2));
        assertThat(new JsonArray(get("/sync-events?event_type=update").body()).size())
                .isEqualTo(5);
    }

    @Test
    void S2_2_fileEventsOfOthers_withAnyJson_areListedWithTheRest() throws Exception {
        for (String json : List.of("[1]", "7", "null", "{\\\"n\\\":" + "9".repeat(2_000) + "}")) {
            assertThat(post("/v1/events", "{\"event\":{\"tag\":\"FILE.DELETE\",\"json\":\"" + json + "\"}}")
                            .getJsonObject("result"))
                    .isNotNull();
        }

        JsonArray all =
                new JsonArray(get("/sync-events?event_type=delete&limit=100").body());

        assertThat(all.size()).isGreaterThanOrEqualTo(4);
        assertThat(all.encode()).contains("\"metadata\":[1]", "\"metadata\":7", "\"metadata\":null");
    }

    @Test
    void S2_5_infoAndHealth() throws Exception {
        assertThat(new JsonObject(get("/").body()).fieldNames()).contains("title", "version", "description");
        JsonObject health = new JsonObject(get("/health").body());
        assertThat(health.getString("status")).isEqualTo("healthy");
        assertThat(health.getString("database")).isEqualTo("connected");
        assertThat(health.getInstant("timestamp")).isNotNull();
    }

    @Test
    void S2_6_theDescriptionOfTheApi() throws Exception {
        assertThat(new JsonObject(get("/openapi.json").body()).getString("openapi"))
                .startsWith("3.1");
        assertThat(get("/docs/").body()).contains("swagger-ui");
    }

    @Test
    void S4_2_anEventOfTwoTexts_isKept() throws Exception {
        assertThat(post("/event", "{\"event_type\":\"user joined\",\"event_payload\":\"<alice>\"}"))
                .isEqualTo(new JsonObject().put("status", "success"));

        assertThat(server.query(
                        "select tag || ' ' || convert_from(data, 'UTF8') || ' ' || (attributes ->> 'event_type') from eventsync.events"
                                + " where tag like 'EVENT.%'"))
                .containsExactly("EVENT.user_joined <alice> user joined");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /event | {\"event_type\":1,\"event_payload\":\"x\"} | event_type",
                "POST | /event | {\"event_type\":\"a\"} | event_payload",
                "POST | /event | {\"event_type\":\"a\",\"event_payload\":{\"x\":1}} | event_payload",
                "POST | /event | {\"event_type\":\"a\",\"event_payload\":\"x\",\"more\":1} | more",
                "POST | /event | [] | body",
                "POST | /event | nonsense | body",
                "POST | /internal/log | {\"code\":\"A\",\"message\":\"x\"} | category",
                "POST | /internal/log | {\"category\":\"A B\",\"code\":\"A\",\"message\":\"x\"} | event.tag",
                "POST | /internal/log | {\"category\":\"A\",\"code\":\"B\",\"message\":null} | message",
                "POST | /sync-events | {\"file_id\":\"a\",\"event_type\":\"copy\"} | event_type",
                "POST | /sync-events | {\"event_type\":\"upload\"} | file_id",
                "POST | /sync-events | {\"file_id\":\"a\",\"event_type\":\"upload\",\"metadata\":[1]} | metadata",
                "GET | /api/logs?since=abc | '' | since",
                "GET | /api/logs?since=-1 | '' | since",
                "GET | /sync-events?limit=0 | '' | limit",
                "GET | /sync-events?processed=maybe | '' | processed",
            })
    void whatIsWrong_isRefusedByName(String method, String path, String body, String field) throws Exception {
        HttpResponse<String> response = send(method, path, body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains("\"" + field + "\"");
    }

    @ParameterizedTest
    @CsvSource({"GET,/internal/log,405", "DELETE,/event,405", "GET,/sync-events/unknown,404", "GET,/nothing,404"})
    void whatIsNotThere_isSaidSo(String method, String path, int status) throws Exception {
        HttpResponse<String> response = send(method, path, "");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("allow").isPresent()).isEqualTo(status == 405);
    }

    @Test
    void S5_3_lastEventsAndConfiguration_forPeopleAndPrograms() throws Exception {
        for (int i = 0; i < 60; i++) {
            assertThat(log("PAGE", "LINE", "<b>" + i + "</b>")).isPositive();
        }

        JsonArray last = new JsonArray(get("/logs").body());
        assertThat(last.size()).isEqualTo(50);
        String page = send("GET", "/logs", "", "accept", "text/html").body();
        assertThat(page).contains("PAGE.LINE: &lt;b&gt;59&lt;/b&gt;").doesNotContain("<b>59");
        assertThat(new JsonObject(get("/config").body()).getString("compat.process-interval"))
                .isEqualTo("100ms");
        assertThat(send("GET", "/config", "", "accept", "text/html").body()).contains("<td>auth.mode</td>");
    }

    @Test
    void aBodyThatDoesNotCome_isNotWaitedForWithoutEnd() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(
                            "POST /event HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 400").contains("did not arrive within 10 s");
        }
    }

    @Test
    void routes_areForThoseWhoMay() throws Exception {
        try (TestServer guarded = TestServer.start(Map.of(
                "auth-mode", "required", "auth-admin-token", "x".repeat(40), "secrets-key", "A".repeat(43) + "="))) {
            for (String path : List.of("/", "/logs", "/config", "/api/logs", "/sync-events", "/sync-events/x")) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + guarded.port() + path))
                        .build();
                assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .as(path)
                        .isEqualTo(401);
            }
            for (String path : List.of("/sync-events?limit=0", "/api/logs?since=x", "/event", "/internal/log")) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + guarded.port() + path))
                        .method(path.contains("?") ? "GET" : "POST", HttpRequest.BodyPublishers.ofString("nonsense"))
                        .build();
                assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .as("wrong, and without credentials: " + path)
                        .isEqualTo(401);
            }
            HttpRequest config = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + guarded.port() + "/config"))
                    .header("authorization", "Bearer " + "x".repeat(40))
                    .build();
            String shown =
                    HTTP.send(config, HttpResponse.BodyHandlers.ofString()).body();
            assertThat(shown)
                    .contains("auth.admin-token")
                    .doesNotContain("x".repeat(40))
                    .doesNotContain("A".repeat(40));
        }
    }
}
