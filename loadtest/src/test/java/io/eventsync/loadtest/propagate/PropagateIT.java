package io.eventsync.loadtest.propagate;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.TestCli;
import io.eventsync.v1.Event;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PropagateIT {

    private static final Duration MAX = Duration.ofSeconds(10);
    private static final String EVENTS = """
            [{"event_type": "user.created", "event_payload": "{\\"id\\": 1}"},
             {"event_type": "note", "event_payload": "plain words"},
             {"event_type": "ORDER.PAID", "event_payload": {"amount": 12.5}}]
            """;

    @TempDir
    Path folder;

    private Path events = Path.of("");

    @BeforeEach
    void writeEvents() throws IOException {
        events = Files.writeString(folder.resolve("events.json"), EVENTS);
    }

    @Test
    void S4_1_events_areIngested_byGrpc() throws IOException {
        try (TestCli cli = TestCli.start()) {
            TestCli.Outcome outcome =
                    cli.run("propagate", "--events", events.toString(), "--interval", "5ms", "--count", "30");

            assertThat(outcome.exitCode()).as(outcome.err()).isZero();
            assertThat(outcome.result().get("accepted").asInt()).isEqualTo(30);
            List<Event> log = Edge.await(cli.server().events(), MAX);
            assertThat(log).hasSize(30);
            assertThat(log).extracting(Event::getTag).contains("user.created", "note", "ORDER.PAID");
            assertThat(log).extracting(Event::getId).doesNotHaveDuplicates();
            assertThat(log)
                    .filteredOn(event -> event.getTag().equals("note"))
                    .allMatch(event -> event.getData().toStringUtf8().equals("plain words"));
        }
    }

    @Test
    void S4_1_events_arePosted_asTwoStrings_byTheConfiguration() throws IOException {
        Vertx vertx = Edge.vertx(1);
        List<JsonObject> received = new CopyOnWriteArrayList<>();
        try {
            HttpServer server = server(vertx, received, 200);
            Path config = Files.writeString(
                    folder.resolve("config.yaml"),
                    "interval_seconds: 0.005\napi_endpoint: \"http://127.0.0.1:" + server.actualPort()
                            + "/event\"\nevents_file: \"" + events + "\"\n");

            TestCli.Outcome outcome = TestCli.plain("propagate", "--config", config.toString(), "--count", "20");

            assertThat(outcome.exitCode()).as(outcome.err()).isZero();
            assertThat(received)
                    .hasSize(20)
                    .allMatch(body -> body.fieldNames().size() == 2
                            && body.getValue("event_type") instanceof String
                            && body.getValue("event_payload") instanceof String);
            assertThat(received)
                    .anyMatch(body -> body.getString("event_payload").equals("{\"amount\":12.5}"));
        } finally {
            Edge.close(vertx);
        }
    }

    @Test
    void events_areTheSame_whenTheSeedIs() throws IOException {
        Vertx vertx = Edge.vertx(1);
        List<JsonObject> received = new CopyOnWriteArrayList<>();
        try {
            HttpServer server = server(vertx, received, 200);
            for (String seed : List.of("7", "7", "8")) {
                assertThat(TestCli.plain(
                                        "propagate",
                                        "--events",
                                        events.toString(),
                                        "--interval",
                                        "2ms",
                                        "--count",
                                        "20",
                                        "--seed",
                                        seed,
                                        "--url",
                                        "http://127.0.0.1:" + server.actualPort() + "/event")
                                .exitCode())
                        .isZero();
            }

            assertThat(received).hasSize(60);
            assertThat(received.subList(0, 20)).isEqualTo(received.subList(20, 40));
            assertThat(received.subList(0, 20)).isNotEqualTo(received.subList(40, 60));
        } finally {
            Edge.close(vertx);
        }
    }

    @Test
    void refusals_areCounted_byStatus() throws IOException {
        Vertx vertx = Edge.vertx(1);
        try {
            HttpServer server = server(vertx, new CopyOnWriteArrayList<>(), 503);

            TestCli.Outcome outcome = TestCli.plain(
                    "propagate",
                    "--events",
                    events.toString(),
                    "--interval",
                    "2ms",
                    "--count",
                    "3",
                    "--output",
                    "json",
                    "--url",
                    "http://127.0.0.1:" + server.actualPort() + "/event");

            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.result().get("failures").get("HTTP_503").asInt()).isEqualTo(3);
        } finally {
            Edge.close(vertx);
        }
    }

    @Test
    void command_isRefused_whenItCannotBeUsed() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.json"), "[{\"event_type\": 5, \"event_payload\": \"x\"}]");

        assertRefused("events_file is missing", "propagate");
        assertRefused("event 0: event_type is not a text", "propagate", "--events", bad.toString());
        assertRefused(
                "cannot be read",
                "propagate",
                "--events",
                folder.resolve("none.json").toString());
        assertRefused("give one of them", "propagate", "--url", "http://a/b", "--target", "a:1");
        assertRefused("--interval: an interval is 0.001", "propagate", "--interval", "0s");
    }

    private static void assertRefused(String message, String... args) throws IOException {
        TestCli.Outcome outcome = TestCli.plain(args);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message);
    }

    private static HttpServer server(Vertx vertx, List<JsonObject> received, int status) {
        return Edge.await(
                vertx.createHttpServer(
                                new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                        .requestHandler(request -> request.bodyHandler(body -> {
                            received.add(body.toJsonObject());
                            request.response()
                                    .setStatusCode(status)
                                    .end("{\"status\":\"success\"}")
                                    .onFailure(late -> {});
                        }))
                        .listen(),
                MAX);
    }
}
