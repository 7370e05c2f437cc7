package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.TestServer;
import io.eventsync.server.http.TestHttp.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's files, and the calls that were made for it. Authentication is on: the files are open, what they show is not. */
class ConsoleIT {
    private static final String ADMIN = "admin-token-of-this-test-0123456789";
    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private static TestServer server;
    private static TestHttp http;

    @BeforeAll
    static void startServer() {
        server = TestServer.start(Map.of("auth-mode", "required", "auth-admin-token", ADMIN));
        http = new TestHttp(server);
        for (int i = 1; i <= 5; i++) {
            Answer ingested = http.send(
                    "POST",
                    "/v1/events",
                    "{\"event\":{\"id\":\"e" + i + "\",\"tag\":\"T." + i % 2 + "\"}}",
                    "content-type",
                    "application/json",
                    "authorization",
                    "Bearer " + ADMIN);
            assertThat(ingested.status()).isEqualTo(200);
        }
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static JsonObject call(String path) {
        Answer answer = http.get(path, "authorization", "Bearer " + ADMIN);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void root_isTheConsoleForBrowsers_andTheOlderAnswerForPrograms() {
        Answer page = http.get("/", "accept", BROWSER);
        Answer program = http.get("/", "accept", "*/*", "authorization", "Bearer " + ADMIN);

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.header("vary")).contains("accept");
        assertThat(page.text()).contains("<title>EventSync</title>");
        assertThat(program.json().getString("title")).isEqualTo("EventSync");
        assertThat(http.get("/", "accept", "application/json").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "/console/app.js, text/javascript; charset=utf-8",
        "/console/console.css, text/css; charset=utf-8",
        "/console/icon.svg, image/svg+xml",
        "/console/lit/lit-html.js, text/javascript; charset=utf-8",
        "/console/lit/directives/repeat.js, text/javascript; charset=utf-8",
    })
    void file_hasItsTypeAndPolicy_andIsSentOnce(String path, String type) {
        Answer first = http.get(path);

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("content-type")).isEqualTo(type);
        assertThat(first.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(first.header("cache-control")).isEqualTo("no-cache");
        assertThat(first.header("content-security-policy"))
                .contains("default-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        Answer again = http.get(path, "if-none-match", first.header("etag"));
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.text()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gzip, true", "'br, gzip;q=0.8', true", "gzip;q=0, false", "identity, false", "'', false"})
    void file_isCompressed_ifTheClientTakesIt(String encodings, boolean isZipped) {
        Answer answer = encodings.isEmpty()
                ? http.get("/console/app.js")
                : http.get("/console/app.js", "accept-encoding", encodings);

        assertThat(answer.header("content-encoding")).isEqualTo(isZipped ? "gzip" : "");
        assertThat(answer.header("vary")).contains("accept-encoding");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/nothing.js",
                "/console/lit/polyfill-support.js",
                "/console/../Pages.class",
                "/console/%2e%2e/docs/index.html",
                "/console/index.html/"
            })
    void whatIsNoFileOfTheConsole_isNotThere(String path) {
        assertThat(http.get(path, "authorization", "Bearer " + ADMIN).status()).isIn(400, 404);
    }

    @Test
    void folder_leadsToTheRoot() {
        Answer answer = http.get("/console");

        assertThat(answer.status()).isEqualTo(308);
        assertThat(answer.header("location")).isEqualTo("./");
    }

    @Test
    void head_isAsLongAsTheFile() {
        Answer got = http.get("/console/app.js");

        Answer asked = http.send("HEAD", "/console/app.js", "");

        assertThat(asked.header("content-length")).isEqualTo(got.header("content-length"));
        assertThat(asked.text()).isEmpty();
    }

    @Test
    void activity_hasAPointForEveryStep() {
        JsonObject activity = call("/v1/activity?window=60s&max_points=6");

        assertThat(activity.getString("step")).isEqualTo("10s");
        assertThat(activity.getString("nodeId")).isNotEmpty();
        assertThat(http.get("/v1/activity?window=1s", "authorization", "Bearer " + ADMIN)
                        .fields())
                .containsExactly("window");
    }

    @Test
    void config_hidesWhatIsSecret_andSaysWhereValuesAreFrom() {
        JsonArray entries = call("/v1/config").getJsonArray("entries");

        assertThat(entries.encode()).doesNotContain(ADMIN);
        assertThat(entries.stream().map(JsonObject.class::cast)).anySatisfy(entry -> {
            assertThat(entry.getString("key")).isEqualTo("auth.admin-token");
            assertThat(entry.getString("value")).isEqualTo("***");
            assertThat(entry.getString("origin")).isEqualTo("flag --auth-admin-token");
            assertThat(entry.getString("description")).isNotEmpty();
        });
    }

    @Test
    void events_areListedBeforeAPosition() {
        JsonObject page = call("/v1/events?before_position=4&page_size=2");

        assertThat(positions(page)).containsExactly("3", "2");
        assertThat(positions(call("/v1/events?page_size=2&page_token=" + page.getString("nextPageToken"))))
                .containsExactly("1");
        assertThat(positions(call("/v1/events?before_position=999&page_size=1")))
                .as("a position beyond the head is the head")
                .hasSize(1);
        assertThat(http.get("/v1/events?before_position=-1", "authorization", "Bearer " + ADMIN)
                        .fields())
                .containsExactly("before_position");
    }

    private static java.util.List<String> positions(JsonObject page) {
        return page.getJsonArray("events").stream()
                .map(event -> ((JsonObject) event).getString("position"))
                .toList();
    }
}
