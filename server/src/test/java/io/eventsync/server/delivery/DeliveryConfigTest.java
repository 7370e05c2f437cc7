package io.eventsync.server.delivery;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveryConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(
                DeliveryConfig.SETTINGS,
                "delivery.enabled=true",
                "delivery.in-flight-max=256",
                "delivery.in-flight-bytes-max=32MiB",
                "delivery.endpoint-in-flight-max=8",
                "delivery.waiting-max=10000",
                "delivery.endpoints-max=10000",
                "delivery.lease=6s",
                "delivery.attempt-retention=30d",
                "delivery.dead-letter-retention=90d");
        assertThat(DeliveryConfig.from(TestSettings.defaults(DeliveryConfig.SETTINGS)))
                .hasNoNullFieldsOrProperties();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                DeliveryConfig.SETTINGS,
                Map.of(
                        "delivery-enabled",
                        "perhaps",
                        "delivery-in-flight-max",
                        "0",
                        "delivery-in-flight-bytes-max",
                        "65MiB",
                        "delivery-endpoint-in-flight-max",
                        "1001",
                        "delivery-waiting-max",
                        "0",
                        "delivery-endpoints-max",
                        "-1",
                        "delivery-lease",
                        "999ms",
                        "delivery-attempt-retention",
                        "-1s",
                        "delivery-dead-letter-retention",
                        "59s"));
    }

    /** Less than a day would be none, which is for ever. */
    @Test
    void attemptRetention_isWholeDays() {
        for (String refused : List.of("12h", "1s", "36h", "86401s")) {
            assertRefused(DeliveryConfig.SETTINGS, Map.of("delivery-attempt-retention", refused));
        }
        for (String taken : List.of("0s", "1d", "24h", "48h")) {
            Map<String, String> flags = Map.of("delivery-attempt-retention", taken);
            assertThat(DeliveryConfig.from(TestSettings.load(DeliveryConfig.SETTINGS, flags))
                            .attemptRetention()
                            .toHoursPart())
                    .isZero();
        }
    }
}
