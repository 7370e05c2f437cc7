package io.eventsync.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.eventsync.loadtest.TestCli;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WebhookBenchIT {

    private final TestCli cli = TestCli.start();

    @AfterEach
    void stop() {
        cli.close();
    }

    @Test
    @Tag("long")
    void bench_measuresWebhooks_besideTheLimit() throws IOException {
        JsonNode result = cli.measure(
                        "bench", "webhook", "--part", "limit,deliveries", "--endpoints", "2", "--deliveries", "1000")
                .result();

        assertThat(result.get("deliveries").asLong()).isEqualTo(1_000);
        assertThat(result.get("ratio_to_limit").asDouble()).isPositive();
    }

    @Test
    @Tag("long")
    void bench_spreadsADeliveryEach_overManyEndpoints() throws IOException {
        JsonNode result = cli.measure(
                        "bench", "webhook", "--part", "deliveries", "--endpoints", "300", "--deliveries", "300")
                .results()
                .get(0);

        assertThat(result.get("endpoints").asInt()).isEqualTo(300);
        assertThat(result.get("deliveries").asLong()).isEqualTo(300);
    }

    @Test
    void bench_measuresLatencyOfWebhooks() throws IOException {
        JsonNode result = cli.measure("bench", "webhook", "--part", "latency", "--rate", "100")
                .result();

        assertThat(result.get("events").asLong()).isPositive();
        assertThat(result.get("p99_ms").asDouble()).isBetween(0.001, 5_000.0);
    }

    @Test
    @Tag("long")
    void bench_comparesEndpoints_besideBadOnes() throws IOException {
        JsonNode result = cli.measure("bench", "webhook", "--part", "isolation").result();

        assertThat(result.get("events").asLong()).isPositive();
        assertThat(result.get("p99_ratio").asDouble()).isPositive();
    }

    @Test
    void bench_comparesIngest_besidePausedEndpoints() throws IOException {
        JsonNode result = cli.measure("bench", "webhook", "--part", "ingest", "--paused", "3", "--rounds", "1")
                .result();

        assertThat(result.get("beside_one_events_per_s").asLong()).isPositive();
        assertThat(result.get("ratio").asDouble()).isPositive();
    }
}
