package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.TestServer;
import io.eventsync.server.http.TestHttp.Answer;
import io.eventsync.v1.GetEventRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One call, one answer. */
class HttpIT {
    private static final int REQUEST_BYTES_MAX = 1 << 20;

    private static TestServer server;
    private static TestHttp http;

    @BeforeAll
    static void startServer() {
        server = TestServer.start(Map.of(
                "server-request-bytes-max",
                "1MiB",
                "http-cors-origins",
                "https://app.example.org",
                "http-hosts",
                "events.example.org"));
        http = new TestHttp(server);
        Answer ingested = http.post("/v1/events", "{\"event\":{\"id\":\"first\",\"tag\":\"FIRST\"}}");
        assertThat(ingested.status()).isEqualTo(200);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void event_isStoredByteForByte_whenIngestedAsJson(HttpClient.Version version) {
        TestHttp client = new TestHttp(server, version);
        String payload = "{ \"a\" : 1.0, \"ü\":\"\\u00fc\" }";
        JsonObject event = new JsonObject()
                .put("id", "odd/id%?#ü " + version)
                .put("tag", "HTTP." + version)
                .put("json", payload)
                .put("content_type", "application/json")
                .put("eventTime", "2026-01-02T03:04:05Z")
                .put("attributes", new JsonObject().put("k", "v"));

        Answer answer =
                client.post("/v1/events", new JsonObject().put("event", event).encode());
        Answer again =
                client.post("/v1/events", new JsonObject().put("event", event).encode());
        Answer read = client.get("/v1/events/odd%2Fid%25%3F%23%C3%BC%20" + version);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.json().getString("cursor")).isNotEmpty();
        assertThat(answer.json().getJsonObject("result").getString("position")).matches("[0-9]+");
        assertThat(again.json().getJsonObject("result").getBoolean("deduplicated"))
                .isTrue();
        assertThat(read.json().getJsonObject("event").getString("json")).isEqualTo(payload);
        assertThat(read.json().getJsonObject("event").getString("contentType")).isEqualTo("application/json");
        assertThat(TestServer.await(server.events()
                                .getEvent(GetEventRequest.newBuilder()
                                        .setId("odd/id%?#ü " + version)
                                        .build()))
                        .getEvent()
                        .getJson())
                .isEqualTo(payload);
    }

    @Test
    void page_hasAllItsFields_whenItIsEmpty() {
        Answer answer = http.get("/v1/events:sync?filter.tag_prefixes=NOTHING.LIKE.IT&max_events=10");

        assertThat(answer.json().getJsonArray("events")).isEqualTo(new JsonArray());
        assertThat(answer.json().getBoolean("upToDate")).isTrue();
        assertThat(answer.json().getString("lagEvents")).isEqualTo("0");
    }

    @Test
    void longPoll_isAnswered_whenAnEventComes() throws Exception {
        String cursor =
                http.get("/v1/events:sync?start.anchor=ANCHOR_NOW").json().getString("cursor");

        var polled = java.util.concurrent.CompletableFuture.supplyAsync(
                () -> http.get("/v1/events:sync?wait=20s&filter.tagPrefixes=POLLED&start.cursor=" + cursor));
        Answer ingested = http.post("/v1/events", "{\"event\":{\"tag\":\"POLLED\"}}");

        assertThat(ingested.status()).isEqualTo(200);
        assertThat(polled.get(15, java.util.concurrent.TimeUnit.SECONDS).json().getJsonArray("events"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GET | /v1/events/none | `` | 404 | RESOURCE_NOT_FOUND",
                "GET | /v1/nothing | `` | 404 | ROUTE_UNKNOWN",
                "GET | /events | `` | 404 | ROUTE_UNKNOWN",
                "PUT | /v1/events | {} | 405 | METHOD_NOT_ALLOWED",
                "DELETE | /docs | `` | 405 | METHOD_NOT_ALLOWED",
                "GET | /v1/events:sync?max_events=0x1 | `` | 400 | FIELD_INVALID",
                "GET | /v1/events:sync?max_events=1001 | `` | 400 | FIELD_INVALID",
                "GET | /v1/events:sync?nope=1 | `` | 400 | FIELD_INVALID",
                "GET | /v1/events:sync?start.cursor=abc | `` | 400 | CURSOR_MALFORMED",
                "GET | /v1/events:sync?start.after_position=99999 | `` | 400 | CURSOR_AHEAD",
                "GET | /v1/events:subscribe?start.cursor=abc | `` | 400 | CURSOR_MALFORMED",
                "GET | /v1/log?%zz | `` | 400 | MESSAGE_MALFORMED",
                "POST | /v1/events | {\"event\":{\"tag\":\"A..B\"}} | 400 | FIELD_INVALID",
                "POST | /v1/events | {\"event\":{\"tag\":\"A\"} | 400 | MESSAGE_MALFORMED",
                "POST | /v1/events | {\"event\":{\"id\":\"first\",\"tag\":\"OTHER\"}} | 409 | EVENT_ID_REUSED",
                "POST | /v1/events?event.tag=A | {} | 400 | FIELD_INVALID",
                "DELETE | /v1/consumers/none | `` | 404 | RESOURCE_NOT_FOUND",
                "DELETE | /v1/consumers/none | {} | 400 | MESSAGE_MALFORMED",
                "POST | /eventsync.v1.EventService/Ingest | {} | 415 | MEDIA_TYPE_UNSUPPORTED",
            })
    void refusal_hasItsStatusAndReason(String method, String path, String body, int status, String reason) {
        // java.net.http refuses a URL that is not one before it sends it.
        if (path.contains("%zz")) {
            path = path.replace("%zz", "%C0");
        }

        Answer answer = http.send(method, path, body, "content-type", "application/json");

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.reason()).isEqualTo(reason);
        assertThat(answer.json().getInteger("code")).isPositive();
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("retry-after")).isEmpty();
        if (status == 405) {
            assertThat(answer.text()).contains("\"allow\":\"" + answer.header("allow") + "\"");
        }
    }

    @Test
    void field_isNamed_whenItIsBad() {
        Answer answer = http.post("/v1/events:batch", "{\"events\":[{\"tag\":\"A\"},{\"tag\":\"A\",\"colour\":1}]}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.fields()).containsExactly("events[1].colour");
    }

    @Test
    void method_isNamed_whenAnotherIsAllowed() {
        assertThat(http.send("PUT", "/v1/events", "").header("allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        Answer options = http.send("OPTIONS", "/v1/consumers/x", "");
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @CsvSource({"/v1/log, 200", "/v1/events/none, 404", "/docs/, 200", "/v1/events:subscribe, 200", "/openapi.json, 200"
    })
    void head_isAnsweredAsGet_withoutTheBody(String path, int status) {
        Answer answer = http.send("HEAD", path, "");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEmpty();
        assertThat(answer.header("content-type")).isNotEmpty();
        assertThat(subscriptions()).isEmpty();
    }

    private static JsonArray subscriptions() {
        return http.get("/v1/subscriptions").json().getJsonArray("subscriptions");
    }

    @ParameterizedTest
    @CsvSource({
        "text/html, 406",
        "application/json, 200",
        "application/*;q=0.1, 200",
        "'text/html,*/*;q=0.8', 200",
        "text/event-stream, 406",
    })
    void answer_isJsonOrNone_whateverIsAccepted(String accept, int status) {
        assertThat(http.get("/v1/log", "accept", accept).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | 200",
                "application/json; charset=utf-8 | 200",
                "Application/JSON;charset=\"UTF-8\" | 200",
                "application/json; charset=latin1 | 415",
                "text/plain | 415",
                "application/x-www-form-urlencoded | 415",
                "application/x-protobuf | 415",
            })
    void body_isTaken_whenItIsSaidToBeJson(String type, int status) {
        Answer answer = http.send("POST", "/v1/events", "{\"event\":{\"tag\":\"TYPED\"}}", "content-type", type);

        assertThat(answer.status()).isEqualTo(status);
    }

    @Test
    void body_isRefused_whenCompressed() {
        Answer answer =
                http.send("POST", "/v1/events", "{}", "content-type", "application/json", "content-encoding", "gzip");

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.reason()).isEqualTo("ENCODING_UNSUPPORTED");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void body_isTakenUpToTheLimit_andNotOneByteMore(HttpClient.Version version) {
        TestHttp client = new TestHttp(server, version);
        String frame = "{\"events\":[]}";
        String atLimit = frame + " ".repeat(REQUEST_BYTES_MAX - frame.length());

        assertThat(client.post("/v1/events:batch", atLimit).reason()).isEqualTo("FIELD_INVALID");
        Answer above = client.post("/v1/events:batch", atLimit + " ");

        assertThat(above.status()).isEqualTo(413);
        assertThat(above.reason()).isEqualTo("MESSAGE_TOO_LARGE");
        assertThat(client.get("/v1/log").status()).isEqualTo(200);
    }

    @Test
    void emptyBody_isAnEmptyMessage() {
        Answer created = http.post("/v1/consumers", "{\"consumer\":{\"name\":\"no-body\"}}");
        Answer committed = http.send("POST", "/v1/consumers/no-body:commit", "");

        assertThat(created.status()).isEqualTo(200);
        assertThat(committed.status()).isEqualTo(400);
        assertThat(committed.text()).contains("cursor");
    }

    @Test
    void listedOrigin_mayCall_othersMayNotChangeAnything() {
        String body = "{\"event\":{\"tag\":\"ORIGIN\"}}";
        String[] json = {"content-type", "application/json", "origin", "https://app.example.org"};
        String[] foreign = {"content-type", "application/json", "origin", "https://evil.example.org"};
        String[] own = {"content-type", "application/json", "origin", "http://127.0.0.1:" + server.port()};

        Answer listed = http.send("POST", "/v1/events", body, json);
        Answer preflight = preflight("/v1/events", "content-type");
        Answer refused = http.send("POST", "/v1/events", body, foreign);
        Answer webPreflight = preflight("/eventsync.v1.EventService/ListTags", "content-type,x-grpc-web");
        Answer web = http.send(
                "POST",
                "/eventsync.v1.EventService/ListTags",
                "\0\0\0\0\0",
                "content-type",
                "application/grpc-web+proto",
                "origin",
                "https://app.example.org");
        Answer read = http.get("/v1/log", "origin", "https://evil.example.org");

        assertThat(listed.status()).isEqualTo(200);
        assertThat(listed.header("access-control-allow-origin")).isEqualTo("https://app.example.org");
        assertThat(listed.header("vary")).isEqualTo("origin");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("access-control-allow-methods")).contains("POST");
        assertThat(preflight.header("access-control-allow-headers")).contains("content-type");
        assertThat(webPreflight.status()).isEqualTo(204);
        assertThat(webPreflight.header("access-control-allow-headers")).contains("x-grpc-web");
        assertThat(web.header("access-control-allow-origin")).isEqualTo("https://app.example.org");
        assertThat(web.header("access-control-expose-headers")).contains("grpc-status");
        assertThat(web.text()).contains("grpc-status:0");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.reason()).isEqualTo("ORIGIN_REFUSED");
        assertThat(read.header("access-control-allow-origin")).isEmpty();
        assertThat(http.send("POST", "/v1/events", body, own).status()).isEqualTo(200);
        assertThat(http.send(
                                "POST",
                                "/v1/events",
                                body,
                                "content-type",
                                "application/json",
                                "origin",
                                "https://behind.a.proxy.example",
                                "sec-fetch-site",
                                "same-origin")
                        .status())
                .isEqualTo(200);
        assertThat(http.send("OPTIONS", "/v1/events", "", "origin", "https://evil.example.org")
                        .status())
                .isEqualTo(403);
    }

    private static Answer preflight(String path, String headers) {
        return http.send(
                "OPTIONS",
                path,
                "",
                "origin",
                "https://app.example.org",
                "access-control-request-method",
                "POST",
                "access-control-request-headers",
                headers);
    }

    /** Who polls for as long as it may is answered, not refused. */
    @Test
    void longPoll_endsBeforeTheTimeOfTheCallDoes() {
        try (TestServer quick = TestServer.start(Map.of("server-request-timeout", "2s"))) {
            Answer page = new TestHttp(quick).get("/v1/events:sync?wait=60s");

            assertThat(page.status()).as(page.text()).isEqualTo(200);
            assertThat(page.json().getBoolean("upToDate")).isTrue();
        }
    }

    @Test
    void pages_bringTheirOwnRules() {
        Answer page = http.get("/docs/");
        Answer script = http.get("/docs/swagger-ui-bundle.js");

        assertThat(http.get("/docs").header("location")).isEqualTo("docs/");
        assertThat(page.header("content-security-policy")).contains("default-src 'self'", "frame-ancestors 'none'");
        assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(page.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(page.text()).doesNotContain("http://", "https://", "<style", "onload", "javascript:");
        assertThat(page.text().replaceAll("<script src=\"[a-z.-]+\"></script>", ""))
                .doesNotContain("<script");
        assertThat(script.status()).isEqualTo(200);
        assertThat(script.text().length()).isGreaterThan(1_000_000);
        assertThat(http.get("/docs/", "if-none-match", page.header("etag")).status())
                .isEqualTo(304);
        for (String file : new String[] {"start.js", "swagger-ui.css", "favicon.png"}) {
            assertThat(http.get("/docs/" + file).status()).isEqualTo(200);
        }
        assertThat(http.get("/docs/../openapi.json").status()).isEqualTo(400);
        assertThat(http.get("/docs/index.html").status()).isEqualTo(404);
    }
}
