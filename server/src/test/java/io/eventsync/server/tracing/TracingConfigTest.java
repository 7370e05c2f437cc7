package io.eventsync.server.tracing;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(
                TracingConfig.SETTINGS,
                "tracing.otlp-endpoint=",
                "tracing.otlp-authorization=",
                "tracing.sample-per-mille=1000");
        TracingConfig config = TracingConfig.from(TestSettings.defaults(TracingConfig.SETTINGS));
        assertThat(Tracing.of(config, "0", "n").isOn()).isFalse();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                TracingConfig.SETTINGS,
                Map.of("tracing-otlp-endpoint", "localhost:4318", "tracing-sample-per-mille", "1001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc://collector:4317", "http:///v1/traces", "http://[", "collector"})
    void endpoint_isAnHttpUrl(String url) {
        assertRefused(TracingConfig.SETTINGS, Map.of("tracing-otlp-endpoint", url));
    }

    @Test
    void authorization_isNotShown() {
        Map<String, String> flags = Map.of(
                "tracing-otlp-endpoint",
                "https://collector.example/v1/traces",
                "tracing-otlp-authorization",
                "Bearer secret");

        TracingConfig config = TracingConfig.from(TestSettings.load(TracingConfig.SETTINGS, flags));

        assertThat(config.authorization()).hasValue("Bearer secret");
        assertThat(config.toString()).contains("collector.example").doesNotContain("secret");
        assertThat(TracingConfig.AUTHORIZATION.show(config.authorization())).doesNotContain("secret");
    }
}
