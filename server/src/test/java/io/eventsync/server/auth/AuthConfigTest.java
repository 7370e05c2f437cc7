package io.eventsync.server.auth;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuthConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(AuthConfig.SETTINGS, "auth.mode=none", "auth.insecure-no-auth=false");
        assertThat(AuthConfig.from(TestSettings.defaults(AuthConfig.SETTINGS))).hasNoNullFieldsOrProperties();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(AuthConfig.SETTINGS, Map.of("auth-mode", "NONE", "insecure-no-auth", "yes"));
    }
}
