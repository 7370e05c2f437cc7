package io.eventsync.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.logging.LoggingConfig.Format;
import io.eventsync.server.logging.LoggingConfig.Level;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggingSetupTest {
    @ParameterizedTest
    @CsvSource({
        "AUTO, true, logback-text.xml",
        "AUTO, false, logback-json.xml",
        "JSON, true, logback-json.xml",
        "TEXT, false, logback-text.xml",
    })
    void format_picksTheFile(Format format, boolean isTerminal, String file) {
        Properties system = new Properties();

        LoggingSetup.apply(new LoggingConfig(format, Level.WARN), isTerminal, system);

        assertThat(system)
                .containsEntry("logback.configurationFile", file)
                .containsEntry("eventsync.logging.level", "WARN");
    }
}
