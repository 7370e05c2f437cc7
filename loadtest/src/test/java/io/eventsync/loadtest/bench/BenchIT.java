package io.eventsync.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.eventsync.loadtest.TestCli;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchIT {

    private final TestCli cli = TestCli.start();

    @AfterEach
    void stop() {
        cli.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest", "batch", "stream"})
    void bench_measuresClosedLoop(String mode) throws IOException {
        JsonNode result =
                bench("bench", mode, "--in-flight", "16", "--server-pid", own()).result();

        assertThat(result.get("events").asLong()).isPositive();
        assertThat(result.get("failed").asLong()).isZero();
        assertThat(result.get("server_rss_mb").asDouble()).isPositive();
        assertThat(result.get("p50_ms").asDouble()).isBetween(0.001, 1_000.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest", "stream"})
    void bench_keepsTheRate_whenLoopIsOpen(String mode) throws IOException {
        JsonNode result = bench("bench", mode, "--rate", "1000").result();

        assertThat(result.get("events_per_s").asLong()).isBetween(900L, 1_100L);
        assertThat(result.get("unsent").asLong()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "one"})
    void bench_countsDeliveries(String match) throws IOException {
        JsonNode result = bench("bench", "fanout", "--subscribers", "20", "--match", match, "--tags", "10")
                .result();

        assertThat(result.get("events").asLong()).isPositive();
        assertThat(result.get("failed").asLong()).isZero();
    }

    @Test
    void bench_measuresLatency_forEachRate() throws IOException {
        TestCli.Outcome outcome = bench("bench", "latency", "--rate", "100,500", "--subscribers", "2");

        assertThat(outcome.out().lines()).hasSize(2);
        assertThat(outcome.result().get("rate").asDouble()).isEqualTo(500);
        assertThat(outcome.result().get("events").asLong()).isBetween(990L, 1_000L);
        assertThat(outcome.result().get("undelivered").asLong()).isZero();
        assertThat(outcome.result().get("unsent").asLong()).isZero();
    }

    @Test
    void bench_countsWhoGotWhat_onManyStreams() throws IOException {
        JsonNode result = bench(
                        "bench",
                        "connections",
                        "--streams",
                        "300",
                        "--connections",
                        "3",
                        "--events",
                        "4",
                        "--server-pid",
                        own())
                .result();

        assertThat(result.get("open").asInt()).isEqualTo(300);
        assertThat(result.get("received_by_all").asInt()).isEqualTo(4);
        assertThat(result.get("events").asInt()).isEqualTo(1_200);
        assertThat(result.get("missing").asInt()).isZero();
        assertThat(result.get("server_heap_mb").get(1).asDouble()).isPositive();
        assertThat(result.get("rss_kb_per_stream").isNumber()).isTrue();
    }

    @Test
    void bench_measuresWebhooks_besideTheLimit() throws IOException {
        JsonNode result = bench(
                        "bench", "webhook", "--part", "limit,deliveries", "--endpoints", "2", "--deliveries", "1000")
                .result();

        assertThat(result.get("deliveries").asLong()).isEqualTo(1_000);
        assertThat(result.get("ratio_to_limit").asDouble()).isPositive();
    }

    @Test
    void bench_measuresLatencyOfWebhooks() throws IOException {
        JsonNode result =
                bench("bench", "webhook", "--part", "latency", "--rate", "100").result();

        assertThat(result.get("events").asLong()).isPositive();
        assertThat(result.get("p99_ms").asDouble()).isBetween(0.001, 5_000.0);
    }

    @Test
    void bench_comparesEndpoints_besideBadOnes() throws IOException {
        JsonNode result = bench("bench", "webhook", "--part", "isolation").result();

        assertThat(result.get("events").asLong()).isPositive();
        assertThat(result.get("p99_ratio").asDouble()).isPositive();
    }

    @Test
    void bench_comparesIngest_besidePausedEndpoints() throws IOException {
        JsonNode result = bench("bench", "webhook", "--part", "ingest", "--paused", "3", "--rounds", "1")
                .result();

        assertThat(result.get("beside_one_events_per_s").asLong()).isPositive();
        assertThat(result.get("ratio").asDouble()).isPositive();
    }

    @Test
    void bench_readsTheWholeLog_whenSyncing() throws IOException {
        assertThat(cli.run("replay", "--sample", "5000").exitCode()).isZero();

        JsonNode result = bench("bench", "sync").result();

        assertThat(result.get("events").asLong()).isEqualTo(5_000);
    }

    @Test
    void bench_measuresTheSame_atEachSizeOfTheLog() throws IOException {
        TestCli.Outcome outcome = bench(
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

    @ParameterizedTest
    @ValueSource(strings = {"ingest", "batch", "stream"})
    void bench_comparesWithEcho_whenAsked(String way) throws IOException {
        TestCli.Outcome outcome = bench("bench", way, "--compare", "--rounds", "1", "--in-flight", "8");

        assertThat(outcome.exitCode()).as(outcome.out()).isZero();
        assertThat(outcome.result().get("rate_ratio").asDouble()).isPositive();
    }

    @Test
    void bench_fails_whenNobodyListens() throws IOException {
        TestCli.Outcome outcome = TestCli.plain("bench", "ingest", "--target", "127.0.0.1:1");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out()).contains("cannot measure 127.0.0.1:1");
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

    private TestCli.Outcome bench(String... args) throws IOException {
        String[] all = Arrays.copyOf(args, args.length + 4);
        System.arraycopy(new String[] {"--warmup", "200ms", "--duration", "1s"}, 0, all, args.length, 4);
        TestCli.Outcome outcome = cli.run(all);
        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        return outcome;
    }

    private static String own() {
        return Long.toString(ProcessHandle.current().pid());
    }
}
