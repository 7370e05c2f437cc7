package io.eventsync.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.eventsync.loadtest.TestCli;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
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
        JsonNode result = cli.measure("bench", mode, "--in-flight", "16", "--server-pid", own())
                .result();

        assertThat(result.get("events").asLong()).isPositive();
        assertThat(result.get("failed").asLong()).isZero();
        assertThat(result.get("server_rss_mb").asDouble()).isPositive();
        assertThat(result.get("p50_ms").asDouble()).isBetween(0.001, 1_000.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest", "stream"})
    void bench_keepsTheRate_whenLoopIsOpen(String mode) throws IOException {
        JsonNode result = cli.measure("bench", mode, "--rate", "1000").result();

        assertThat(result.get("events_per_s").asLong()).isBetween(900L, 1_100L);
        assertThat(result.get("unsent").asLong()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "one"})
    void bench_countsDeliveries(String match) throws IOException {
        JsonNode result = cli.measure("bench", "fanout", "--subscribers", "20", "--match", match, "--tags", "10")
                .result();

        assertThat(result.get("events").asLong()).isPositive();
        assertThat(result.get("failed").asLong()).isZero();
    }

    @Test
    @Tag("long")
    void bench_keepsItsStreams_whenGarbageIsCollected() throws Exception {
        // Half a minute goes by before a client that is garbage lets go of streams that stand.
        CompletableFuture<Void> collecting = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 50; i++) {
                System.gc();
            }
        });
        JsonNode result = cli.run("bench", "fanout", "--subscribers", "20", "--warmup", "200ms", "--duration", "40s")
                .result();
        collecting.get();

        assertThat(result.get("failed").asLong()).isZero();
        assertThat(result.get("undelivered").asLong()).isZero();
    }

    @Test
    void bench_measuresLatency_forEachRate() throws IOException {
        TestCli.Outcome outcome = cli.measure("bench", "latency", "--rate", "100,500", "--subscribers", "2");

        assertThat(outcome.out().lines()).hasSize(2);
        assertThat(outcome.result().get("rate").asDouble()).isEqualTo(500);
        assertThat(outcome.result().get("events").asLong()).isBetween(990L, 1_000L);
        assertThat(outcome.result().get("undelivered").asLong()).isZero();
        assertThat(outcome.result().get("unsent").asLong()).isZero();
    }

    @Test
    @Tag("long")
    void bench_countsWhoGotWhat_onManyStreams() throws IOException {
        JsonNode result = cli.measure(
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
    void bench_readsTheWholeLog_whenSyncing() throws IOException {
        assertThat(cli.run("replay", "--sample", "5000").exitCode()).isZero();

        JsonNode result = cli.measure("bench", "sync").result();

        assertThat(result.get("events").asLong()).isEqualTo(5_000);
    }

    @Test
    void bench_readsTheSameAgain_whenSyncingRepeatedly() throws IOException {
        assertThat(cli.run("replay", "--sample", "5000").exitCode()).isZero();

        JsonNode result = cli.measure("bench", "sync", "--repeat", "--events", "1900", "--page", "1000")
                .result();

        long events = result.get("events").asLong();
        assertThat(events).isGreaterThan(5_000);
        assertThat(events % 1_900).isIn(0L, 1_000L);
    }

    @Test
    @Tag("long")
    void bench_comparesWithEcho_whenAsked() throws IOException {
        TestCli.Outcome outcome = cli.measure("bench", "stream", "--compare", "--rounds", "1", "--in-flight", "8");

        assertThat(outcome.exitCode()).as(outcome.out()).isZero();
        assertThat(outcome.result().get("rate_ratio").asDouble()).isPositive();
    }

    @Test
    @Tag("long")
    void bench_asksForMoreThanThePeak_whenOverloading() throws IOException {
        TestCli.Outcome outcome =
                cli.run("bench", "overload", "--factor", "1.5", "--warmup", "200ms", "--duration", "1s");
        JsonNode result = outcome.result();

        assertThat(result.get("bench").asText()).isEqualTo("overload");
        assertThat(result.get("peak_events_per_s").asLong()).isPositive();
        assertThat(result.get("goodput_per_peak").asDouble()).isPositive();
        assertThat(result.get("failed_otherwise").asLong()).isZero();
        // Whether the server kept up is for the machine to say; that the exit code says the same is ours.
        assertThat(outcome.exitCode())
                .isEqualTo("kept".equals(result.get("verdict").asText()) ? 0 : 1);
    }

    @Test
    void bench_fails_whenNobodyListens() throws IOException {
        TestCli.Outcome outcome = TestCli.plain("bench", "ingest", "--target", "127.0.0.1:1");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out()).contains("cannot measure 127.0.0.1:1");
    }

    private static String own() {
        return Long.toString(ProcessHandle.current().pid());
    }
}
