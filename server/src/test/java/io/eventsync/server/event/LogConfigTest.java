package io.eventsync.server.event;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(
                LogConfig.SETTINGS,
                "log.batch-events-max=2000",
                "log.batch-bytes-max=1MiB",
                "log.queue-events-max=20000",
                "log.queue-bytes-max=64MiB",
                "log.partition-events=4194304",
                "log.tags-max=100000",
                "log.tail-events-max=65536",
                "log.tail-bytes-max=64MiB",
                "log.id-filter-bytes-max=1GiB",
                "log.retention-age=0s",
                "log.retention-bytes=0",
                "log.poll-interval=100ms",
                "log.notify-interval=5ms");
        assertThat(LogConfig.from(TestSettings.defaults(LogConfig.SETTINGS))).hasNoNullFieldsOrProperties();
    }

    @Test
    void memoryForFilters_isNotNegative() {
        assertRefused(LogConfig.SETTINGS, Map.of("log-id-filter-bytes-max", "-1"));
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                LogConfig.SETTINGS,
                Map.of(
                        "log-batch-events-max",
                        "0",
                        "log-batch-bytes-max",
                        "0",
                        "log-queue-events-max",
                        "x",
                        "log-queue-bytes-max",
                        "1",
                        "log-partition-events",
                        "65537",
                        "log-tags-max",
                        "0",
                        "log-tail-events-max",
                        "0",
                        "log-retention-age",
                        "-1s",
                        "log-retention-bytes",
                        "-1",
                        "log-poll-interval",
                        "0s"));
    }
}
