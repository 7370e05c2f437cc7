package io.eventsync.server.event;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventLimitsTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(
                EventLimits.SETTINGS,
                "limits.payload-bytes-max=256KiB",
                "limits.message-bytes-max=4KiB",
                "limits.attributes-max=32",
                "limits.attribute-value-bytes-max=256",
                "limits.id-length-max=128",
                "limits.key-bytes-max=256",
                "limits.batch-events-max=1000");
        assertThat(EventLimits.from(TestSettings.defaults(EventLimits.SETTINGS)))
                .hasNoNullFieldsOrProperties();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                EventLimits.SETTINGS,
                Map.of(
                        "limits-payload-bytes-max",
                        "0",
                        "limits-message-bytes-max",
                        "0",
                        "limits-attributes-max",
                        "-1",
                        "limits-attribute-value-bytes-max",
                        "0",
                        "limits-id-length-max",
                        "35",
                        "limits-key-bytes-max",
                        "0",
                        "limits-batch-events-max",
                        "0"));
    }
}
