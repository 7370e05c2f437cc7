package io.eventsync.server.logging;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.SettingsLoader;
import io.eventsync.server.config.TestSettings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoggingConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(LoggingConfig.SETTINGS, "logging.format=auto", "logging.level=info");
        assertThat(LoggingConfig.from(TestSettings.defaults(LoggingConfig.SETTINGS)))
                .hasNoNullFieldsOrProperties();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(LoggingConfig.SETTINGS, Map.of("logging-format", "xml", "log-level", "verbose"));
    }

    @Test
    void variables_haveShortNames() {
        LoggingConfig config = LoggingConfig.from(SettingsLoader.load(
                LoggingConfig.SETTINGS,
                Map.of(),
                Map.of("EVENTSYNC_LOG_FORMAT", "json", "EVENTSYNC_LOG_LEVEL", "debug"),
                Optional.empty()));

        assertThat(config).isEqualTo(new LoggingConfig(LoggingConfig.Format.JSON, LoggingConfig.Level.DEBUG));
    }
}
