package io.eventsync.loadtest.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.TestCli;
import io.eventsync.v1.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateIT {

    @TempDir
    Path folder;

    /** Row S5.2: a file of 1 MB with 3 backups. */
    @Test
    void S5_2_file_rotatesAtOneMegabyte_andKeepsThreeBackups() throws IOException {
        Path log = folder.resolve("app.log");

        TestCli.Outcome outcome = TestCli.plain(
                "generate",
                "--fast",
                "--format",
                "csv",
                "--duration",
                "600m",
                "--sessions",
                "50",
                "--count",
                "45000",
                "--out",
                log.toString(),
                "--output",
                "json");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.result().get("entries").asInt()).isEqualTo(45_000);
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("app.log", "app.log.1", "app.log.2", "app.log.3");
        }
        for (int i = 1; i <= 3; i++) {
            Path backup = folder.resolve("app.log." + i);
            assertThat(Files.size(backup)).isBetween(1L << 20, (1L << 20) + 1_000);
            assertThat(Files.readAllLines(backup).get(0)).startsWith("time,level,");
        }
    }

    @Test
    void file_isGoneOnWith_whenItIsThere() throws IOException {
        Path log = folder.resolve("app.log");
        for (int i = 0; i < 2; i++) {
            assertThat(TestCli.plain("generate", "--fast", "--format", "csv", "--count", "3", "--out", log.toString())
                            .exitCode())
                    .isZero();
        }

        List<String> lines = Files.readAllLines(log);

        assertThat(lines).hasSize(7);
        assertThat(lines).filteredOn(line -> line.startsWith("time,")).hasSize(1);
    }

    @Test
    void console_showsLines_andTheSummaryApart() throws IOException {
        TestCli.Outcome outcome = TestCli.plain(
                "generate", "--fast", "--format", "json", "--count", "4", "--start", "2026-01-31T12:00:00Z");

        assertThat(outcome.out().lines()).hasSize(4).allMatch(line -> line.startsWith("{\"time\":\"2026-01-31T12:00:"));
        assertThat(outcome.err()).contains("entries");
    }

    /** Row S5.1: heartbeats and flows with user id and session token. */
    @Test
    void S5_1_eventSync_getsEveryEntryInOrder() throws IOException {
        try (TestCli cli = TestCli.start()) {
            TestCli.Outcome outcome = cli.run(
                    "generate",
                    "--to",
                    "eventsync",
                    "--fast",
                    "--count",
                    "250",
                    "--level",
                    "debug",
                    "--sessions",
                    "20",
                    "--field",
                    "region=eu");

            assertThat(outcome.exitCode()).as(outcome.out()).isZero();
            assertThat(outcome.result().get("ingested").asInt()).isEqualTo(250);
            List<Event> events = Edge.await(cli.server().events(), Duration.ofSeconds(5));
            assertThat(events).hasSize(250);
            List<Long> seconds = new ArrayList<>();
            events.forEach(event -> seconds.add(event.getEventTime().getSeconds()));
            assertThat(seconds).isSorted();
            assertThat(events).extracting(Event::getTag).contains("SERVICE.HEARTBEAT", "USER.LOGIN", "PAGE.VIEW");
            assertThat(events.get(events.size() - 1).getJson()).contains("\"session_token\"", "\"region\":\"eu\"");
        }
    }

    @Test
    void paced_entriesTakeTheirTime() throws IOException {
        TestCli.Outcome outcome = TestCli.plain(
                "generate", "--sessions", "0", "--heartbeat", "100ms", "--duration", "450ms", "--output", "json");

        assertThat(outcome.out().lines()).hasSize(5);
        assertThat(outcome.err()).containsPattern("\"seconds\":(0\\.4[5-9]|0\\.[5-9]|[1-9])");
    }

    @Test
    void pattern_isRefused_whenItNamesWhatThereIsNot() throws IOException {
        TestCli.Outcome outcome = TestCli.plain("generate", "--pattern", "%(nope)s");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("%(nope)s is not known");
    }

    /** Row S5.4: the old system's variables. A system property stands in for one of the environment. */
    @Test
    void S5_4_defaults_comeFromTheEnvironment() throws IOException {
        System.setProperty("LOG_FREQUENCY", "2");
        System.setProperty("LOG_FORMAT", "%(levelname)s/%(message)s");
        try {
            TestCli.Outcome outcome = TestCli.plain("generate", "--fast", "--sessions", "0", "--duration", "5s");

            assertThat(outcome.out().lines())
                    .containsExactly(
                            "INFO/heartbeat 1: service is up",
                            "INFO/heartbeat 2: service is up",
                            "INFO/heartbeat 3: service is up");
        } finally {
            System.clearProperty("LOG_FREQUENCY");
            System.clearProperty("LOG_FORMAT");
        }
    }
}
