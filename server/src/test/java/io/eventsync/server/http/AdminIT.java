package io.eventsync.server.http;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.FaultProxy;
import io.eventsync.server.TestServer;
import io.eventsync.server.delivery.TestReceiver;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.Event;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.Webhook;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's port. */
@Timeout(60)
class AdminIT {
    private static final String ADMIN = "admin-token-of-this-test-0123456789";

    private static final Pattern HELP = Pattern.compile("# HELP (eventsync_\\S+) [A-Z].{10,}");
    private static final Pattern TYPE = Pattern.compile("# TYPE (eventsync_\\S+) \\S+");
    private static final Pattern SAMPLE = Pattern.compile("\\b(eventsync|jvm|process)_[a-z_]+");
    private static final Pattern SELECTOR = Pattern.compile("\\b((?:eventsync|jvm|process)_[a-z_]+)\\{([^}]*)}");
    private static final Pattern REASON = Pattern.compile("reason=\"(\\w+)\"");
    /** Not those by a variable of the dashboard. */
    private static final Pattern LABEL = Pattern.compile("(\\w+)=~?\"([^\"$]*)\"");

    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> get(TestServer server, String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> metrics(TestServer server) {
        HttpResponse<String> answer = get(server, "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        return Arrays.asList(answer.body().split("\n"));
    }

    @Test
    void liveAndReady_whileItServes() {
        try (TestServer server = TestServer.start()) {
            assertThat(get(server, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(server, "/readyz").body()).isEqualTo("ok\n");
        }
    }

    @Test
    void aliveButNotReady_whileTheDatabaseDoesNotAnswer() {
        PgConnectOptions direct = TestPostgres.freshTcpDatabase();
        try (FaultProxy proxy = FaultProxy.to(direct.getPort());
                TestServer server = TestServer.start(new PgConnectOptions(direct).setPort(proxy.port()), Map.of())) {
            proxy.blackHole();

            assertThat(get(server, "/livez").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = get(server, "/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).isEqualTo("the database does not answer\n");

            proxy.heal();
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(get(server, "/readyz").statusCode()).isEqualTo(200));
        }
    }

    @Test
    void callsAreCountedByMethodAndStatus() {
        try (TestServer server = TestServer.start()) {
            done(server.events().ingest(ingest("T")));
            done(server.events().ingest(ingest("not a tag")).otherwiseEmpty());
            done(server.events()
                    .getEvent(GetEventRequest.newBuilder().setId("nobody").build())
                    .otherwiseEmpty());
            TestHttp http = new TestHttp(server);
            assertThat(http.get("/v1/nothing").status()).isEqualTo(404);

            String ingest = "eventsync_rpc_seconds_count{code=\"%s\",method=\"eventsync.v1.EventService/Ingest\"} 1";
            assertThat(metrics(server))
                    .contains(
                            ingest.formatted("OK"),
                            ingest.formatted("INVALID_ARGUMENT"),
                            "eventsync_rpc_seconds_count{code=\"NOT_FOUND\",method=\"eventsync.v1.EventService/GetEvent\"} 1",
                            "eventsync_rpc_refusals_total{reason=\"FIELD_INVALID\"} 1.0",
                            // There before it happens, or an alert on its rise would miss the first.
                            "eventsync_rpc_refusals_total{reason=\"INTERNAL\"} 0.0");
        }
    }

    @Test
    void appendsAreCounted() {
        try (TestServer server = TestServer.start()) {
            IngestBatchRequest.Builder batch = IngestBatchRequest.newBuilder();
            for (int i = 0; i < 7; i++) {
                batch.addEvents(Event.newBuilder().setTag("T").setId("e" + i));
            }
            done(server.events().ingestBatch(batch.build()));
            done(server.events().ingestBatch(batch.build()));

            assertThat(metrics(server))
                    .contains(
                            "eventsync_append_events_total 7.0",
                            "eventsync_append_duplicates_total 7.0",
                            "eventsync_append_batch_events_count 1",
                            "eventsync_append_batch_events_sum 7.0",
                            "eventsync_append_queued_events 0.0",
                            "eventsync_log_head_position 7.0");
        }
    }

    @Test
    void endpointsAreMeasured() {
        try (TestServer server = TestServer.start()) {
            done(server.endpoints()
                    .createEndpoint(CreateEndpointRequest.newBuilder()
                            .setEndpoint(Endpoint.newBuilder()
                                    .setName("broken")
                                    .setWebhook(Webhook.newBuilder().setUrl("http://127.0.0.1:1/")))
                            .build()));
            done(server.events().ingest(ingest("T")));

            Awaitility.await()
                    .untilAsserted(() -> assertThat(metrics(server))
                            .anyMatch(line -> line.startsWith("eventsync_delivery_attempt_errors_total{error=\"CONNECT")
                                    && !line.endsWith(" 0.0")));
        }
    }

    @Test
    void everyEventLoopThatMattersIsMeasured() {
        try (TestServer server = TestServer.start()) {
            Awaitility.await()
                    .untilAsserted(() -> assertThat(metrics(server))
                            .filteredOn(line -> line.startsWith("eventsync_event_loop_delay_seconds_count{"))
                            .filteredOn(line -> !line.endsWith(" 0"))
                            .extracting(line -> line.replaceAll(".*loop=\"(\\w+)\".*", "$1"))
                            .containsExactlyInAnyOrder("delivery", "log", "public"));
        }
    }

    /** Without it nobody knows what a name means, and promtool complains. */
    @Test
    void everyMetricOfOursHasItsHelp_andANameAfterTheRules() {
        try (TestServer server = TestServer.start()) {
            done(server.events().ingest(ingest("T")));
            List<String> lines = metrics(server);

            Set<String> helped = lines.stream()
                    .map(HELP::matcher)
                    .filter(Matcher::matches)
                    .map(line -> line.group(1))
                    .collect(Collectors.toSet());
            assertThat(lines.stream()
                            .map(TYPE::matcher)
                            .filter(Matcher::matches)
                            .map(line -> line.group(1))
                            .collect(Collectors.toSet()))
                    .isEqualTo(helped)
                    .hasSizeGreaterThan(20)
                    .allMatch(name -> name.matches("[a-z_]+"))
                    .noneMatch(name -> name.matches(".*_(\\w+)_\\1(_.*)?"));
        }
    }

    /** A rule about a metric that is none never fires, a panel about one stays empty, and an alert without an entry helps nobody at night. */
    @Test
    void alertsAndPanelsAreAboutMetricsThatExist_andAlertsAreExplained() throws IOException {
        String rules = Files.readString(Path.of("../deploy/prometheus/eventsync.rules.yml"));
        String page = Files.readString(Path.of("../docs/OPERATING.md"));
        List<String> samples = everyMetric();
        Set<String> exist = names(samples);

        assertThat(SAMPLE.matcher(rules).results().map(MatchResult::group))
                .isNotEmpty()
                .allMatch(exist::contains);
        assertThat(ALERT.matcher(rules).results().map(alert -> alert.group(1)))
                .hasSizeGreaterThan(10)
                .allSatisfy(alert -> {
                    assertThat(page).contains("\n### " + alert + "\n");
                    assertThat(rules).contains("docs/OPERATING.md#" + alert.toLowerCase(Locale.ROOT));
                });
        assertThat(queries())
                .hasSizeGreaterThan(40)
                .allSatisfy(query -> assertThat(SAMPLE.matcher(query).results().map(MatchResult::group))
                        .isNotEmpty()
                        .allMatch(exist::contains));
        assertThat(REASON.matcher(rules).results().map(reason -> reason.group(1)))
                .isNotEmpty()
                .isSubsetOf(Arrays.stream(Reason.values()).map(Enum::name).toList());
        queries().stream()
                .flatMap(query -> SELECTOR.matcher(query).results())
                .forEach(selector -> LABEL.matcher(selector.group(2))
                        .results()
                        .forEach(label -> assertThat(samples)
                                .as(selector.group())
                                .anyMatch(line -> has(line, selector.group(1), label.group(1), label.group(2)))));
    }

    private static boolean has(String line, String name, String label, String value) {
        return line.startsWith(name + "{")
                && Pattern.compile("\\b" + label + "=\"(?:" + value + ")\"")
                        .matcher(line)
                        .find();
    }

    private static List<String> queries() throws IOException {
        return new JsonObject(Files.readString(Path.of("../deploy/grafana/eventsync.json")))
                .getJsonArray("panels").stream()
                        .flatMap(panel -> ((JsonObject) panel).getJsonArray("targets", new JsonArray()).stream())
                        .map(target -> ((JsonObject) target).getString("expr"))
                        .toList();
    }

    /** Of a node on which everything that is counted has happened. */
    private List<String> everyMetric() {
        List<String> samples = new ArrayList<>();
        samples.add("eventsync_disk_free_bytes 1.0"); // of a server that brings its own Postgres, as this one does not
        try (TestServer server = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            receiver.answer("/fails", request -> 500);
            TestHttp http = new TestHttp(server);
            assertThat(http.post("/v1/consumers", "{\"consumer\":{\"name\":\"c\"}}")
                            .status())
                    .isEqualTo(200);
            assertThat(http.post(
                                    "/v1/endpoints",
                                    "{\"endpoint\":{\"name\":\"e\",\"filter\":{\"tagPrefixes\":[\"T\"]},\"webhook\":{\"url\":\""
                                            + receiver.url("/fails") + "\"}}}")
                            .status())
                    .isEqualTo(200);
            done(server.events().ingest(ingest("T")));
            done(server.events().ingest(ingest("not a tag")).otherwiseEmpty());
            assertThat(http.get("/v1/events:subscribe?maxEvents=x", "accept", "application/x-ndjson")
                            .status())
                    .isEqualTo(400);
            System.gc(); // counted too, once there was one
            Awaitility.await()
                    .untilAsserted(() -> assertThat(metrics(server))
                            .anyMatch(line -> line.startsWith("jvm_gc_pause_seconds_sum"))
                            .anyMatch(line -> line.startsWith("eventsync_delivery_attempt_errors_total{"))
                            .anyMatch(line -> line.startsWith("eventsync_rpc_streams_ended_total{")));
            samples.addAll(metrics(server));
            // Names are read from the database every 15 s, and when a node starts.
            try (TestServer other = server.another()) {
                samples.addAll(metrics(other));
            }
        }
        return samples;
    }

    private static Set<String> names(List<String> samples) {
        return samples.stream()
                .map(SAMPLE::matcher)
                .filter(Matcher::lookingAt)
                .map(Matcher::group)
                .collect(Collectors.toSet());
    }

    @Test
    void metricsAreForThoseWhoMayReadEverything_whenAuthIsOn() {
        try (TestServer server = TestServer.start(Map.of("auth-mode", "required", "auth-admin-token", ADMIN))) {
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(401);
            assertThat(get(server, "/metrics", "authorization", "Bearer nobody's")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(get(server, "/metrics", "authorization", "Bearer " + ADMIN)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(get(server, "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics/", "/v1/events", "/livez/../metrics", "/%2e%2e/metrics"})
    void nothingElseIsThere(String path) {
        try (TestServer server = TestServer.start()) {
            assertThat(get(server, path).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void headAnswersWithoutABody() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer =
                    send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + "/livez"))
                            .method("HEAD", HttpRequest.BodyPublishers.noBody()));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-length")).hasValue("3");
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    void onlyReads() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer =
                    send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + "/livez"))
                            .DELETE());

            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
        }
    }

    @Test
    void anotherPortIsTaken_unlessItWasAskedFor() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
            String port = Integer.toString(taken.getLocalPort());
            try (TestServer server = TestServer.start(Map.of("server-port", freeBelow(taken)))) {
                assertThat(server.adminPort()).isNotIn(0, taken.getLocalPort());
            }
            assertThatThrownBy(() -> TestServer.start(Map.of("admin-port", port)))
                    .hasMessageContaining("admin.port");
        }
    }

    private static String freeBelow(ServerSocket taken) throws IOException {
        try (ServerSocket probe = new ServerSocket(taken.getLocalPort() - 1_000, 1, LOOPBACK)) {
            return Integer.toString(probe.getLocalPort());
        }
    }

    @Test
    void canBeSwitchedOff() {
        try (TestServer server = TestServer.start(Map.of("admin-enabled", "false"))) {
            assertThat(server.adminPort()).isZero();
        }
    }

    private static IngestRequest ingest(String tag) {
        return IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setTag(tag))
                .build();
    }
}
