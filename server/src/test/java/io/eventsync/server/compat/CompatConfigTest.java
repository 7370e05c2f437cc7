package io.eventsync.server.compat;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CompatConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(CompatConfig.SETTINGS, "compat.enabled=true", "compat.process-interval=5s");
    }

    @Test
    void badValues_areRefused() {
        assertRefused(CompatConfig.SETTINGS, Map.of("compat-enabled", "yes", "compat-process-interval", "1ms"));
    }
}
