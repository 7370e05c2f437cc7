package io.eventsync.server.subscription;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SubscriptionConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(
                SubscriptionConfig.SETTINGS,
                "subscription.max=10000",
                "subscription.window-bytes=64KiB",
                "subscription.tick=2ms",
                "subscription.stream-age-max=0s",
                "subscription.heartbeat-default=15s");
        assertThat(SubscriptionConfig.from(TestSettings.defaults(SubscriptionConfig.SETTINGS)))
                .hasNoNullFieldsOrProperties();
    }

    @Test
    void streamsShare_isSmall_whereTheHeapIs() {
        assertThat(SubscriptionConfig.shareBytes(128 << 20)).isEqualTo(16 << 10);
        assertThat(SubscriptionConfig.shareBytes(1 << 30)).isEqualTo(128 << 10);
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                SubscriptionConfig.SETTINGS,
                Map.of(
                        "subscription-max",
                        "0",
                        "subscription-window-bytes",
                        "1",
                        "subscription-tick",
                        "0s",
                        "subscription-stream-age-max",
                        "1",
                        "subscription-heartbeat-default",
                        "301s"));
    }
}
