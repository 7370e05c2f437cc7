package io.eventsync.loadtest.propagate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.loadtest.rpc.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {

    @TempDir
    Path folder;

    @Test
    void config_isRead_asTheOldSystemWroteIt() throws IOException {
        PropagateConfig config = read("""
                interval_seconds: 5
                api_endpoint: "http://localhost:8000/event"
                events_file: "events/events.json"
                """);

        assertThat(config)
                .isEqualTo(new PropagateConfig(
                        Duration.ofSeconds(5),
                        URI.create("http://localhost:8000/event"),
                        null,
                        Path.of("events/events.json"),
                        null,
                        null,
                        null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "interval_second: 5           | 'interval_second' is not a key here",
                "interval_seconds: soon       | 'interval_seconds' is a number of seconds",
                "interval_seconds: -1         | 'interval_seconds' is a number of seconds",
                "interval_seconds: 0.0001     | interval_seconds: an interval is 0.001 to 86400",
                "interval_seconds:            | 'interval_seconds' is a number of seconds",
                "api_endpoint: ftp://x/y      | api_endpoint: 'ftp://x/y' is not an http",
                "api_endpoint: 5              | 'api_endpoint' is a text",
                "target: localhost            | 'target' 'localhost' is not host:port",
                "events_file: []              | 'events_file' is a text",
                "count: 0                     | 'count' is at least 1",
                "count: 1.5                   | 'count' is a whole number",
                "seed: x                      | 'seed' is a whole number",
                "duration_seconds: 0          | 'duration_seconds' is a number of seconds",
                "{a                           | not YAML",
                "just words                   | known keys: interval_seconds"
            })
    void config_isRefused_withTheNameOfTheKey(String line, String message) {
        assertThatThrownBy(() -> read(line)).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }

    @Test
    void config_isRefused_whenAKeyIsTwice_orBothPlacesAreThere() {
        assertThatThrownBy(() -> read("count: 1\ncount: 2\n")).hasMessageContaining("duplicate key count");
        assertThatThrownBy(() -> read("target: a:1\napi_endpoint: http://a\n")).hasMessageContaining("one of them");
    }

    @Test
    void flags_winOverTheFile_andBringTheirOwnPlace() throws IOException {
        PropagateConfig file = read("target: a:1\ninterval_seconds: 5\nseed: 3\n");
        PropagateConfig flags =
                new PropagateConfig(Duration.ofSeconds(1), URI.create("http://b/event"), null, null, null, null, null);

        PropagateConfig merged = flags.over(file);

        assertThat(merged.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(merged.target()).isNull();
        assertThat(merged.apiEndpoint()).isEqualTo(URI.create("http://b/event"));
        assertThat(merged.seed()).isEqualTo(3);
        assertThat(PropagateConfig.empty().over(file).target()).isEqualTo(new Target("a", 1));
    }

    @Test
    void tag_keepsWhatATagCanHold() {
        assertThat(GrpcDestination.tag("ORDER.PAID")).isEqualTo("ORDER.PAID");
        assertThat(GrpcDestination.tag("user signed out!")).isEqualTo("user_signed_out_");
        assertThat(GrpcDestination.tag("x".repeat(300))).hasSize(200);
    }

    private PropagateConfig read(String yaml) throws IOException {
        return ConfigFile.read(Files.writeString(folder.resolve("config.yaml"), yaml));
    }
}
