package io.eventsync.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.eventsync.loadtest.TestCli;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GrowthBenchIT {

    private final TestCli cli = TestCli.start();

    @AfterEach
    void stop() {
        cli.close();
    }

    @Test
    @Tag("long")
    void bench_measuresTheSame_atEachSizeOfTheLog() throws IOException {
        TestCli.Outcome outcome = cli.measure(
                "bench",
                "growth",
                "--events",
                "200,2k",
                "--settle",
                "0s",
                "--server-pid",
                own(),
                "--restart",
                "echo " + own());

        List<JsonNode> sizes = outcome.results();
        assertThat(sizes).hasSize(2);
        assertThat(sizes.get(0).get("log_events").asLong()).isEqualTo(200);
        assertThat(sizes.get(1).get("log_events").asLong()).isGreaterThanOrEqualTo(2_000);
        assertThat(sizes.get(0).get("page_events").asInt()).isEqualTo(100);
        assertThat(sizes.get(1).get("page_events").asInt()).isEqualTo(1_000);
        for (JsonNode size : sizes) {
            assertThat(size.get("rare_page_events").asInt()).isEqualTo(1);
            assertThat(size.get("one_percent_page_events").asInt()).isPositive();
            assertThat(size.get("events").asLong()).isPositive();
            assertThat(size.get("failed").asLong()).isZero();
            assertThat(List.of(
                            "page_ms",
                            "rare_page_ms",
                            "one_percent_page_ms",
                            "all_page_ms",
                            "started_ms",
                            "first_event_ms",
                            "restart_ms",
                            "heap_mb",
                            "server_tree_pss_mb"))
                    .allSatisfy(name ->
                            assertThat(size.get(name).asDouble()).as(name).isPositive());
            assertThat(size.get("first_event_ms").asDouble())
                    .isGreaterThanOrEqualTo(size.get("started_ms").asDouble());
        }
    }

    @Test
    void bench_printsATable_ofSizes() throws IOException {
        TestCli.Outcome outcome =
                TestCli.plain(smallGrowth("--target", cli.server().target().toString()));

        assertThat(outcome.exitCode()).as(outcome.out()).isZero();
        assertThat(outcome.out().lines().map(line -> line.strip().split(" +(?!ms)", -1)[0]))
                .containsExactly("events", "100");
    }

    @Test
    void bench_fails_whenTheRestartCommandDoes() throws IOException {
        TestCli.Outcome outcome = cli.run(smallGrowth("--restart", "echo no such service; exit 5"));

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out()).contains("the restart command failed: no such service");
    }

    @Test
    void bench_refusesSizes_thatDoNotAscend() throws IOException {
        assertThat(cli.run("bench", "growth", "--events", "2k,200").exitCode()).isEqualTo(2);
        assertThat(cli.run("bench", "growth", "--events", "1G").err())
                .contains("'1G' is not a count such as 200, 10k or 1M");
    }

    private static String[] smallGrowth(String option, String value) {
        return new String[] {
            "bench",
            "growth",
            "--events",
            "100",
            "--settle",
            "0s",
            "--warmup",
            "100ms",
            "--duration",
            "200ms",
            option,
            value
        };
    }

    private static String own() {
        return Long.toString(ProcessHandle.current().pid());
    }
}
