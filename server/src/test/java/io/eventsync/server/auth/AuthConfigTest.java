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
        assertDefaults(
                AuthConfig.SETTINGS,
                "auth.mode=none",
                "auth.insecure-no-auth=false",
                "auth.admin-token=",
                "auth.certificate-grants=",
                "auth.calls-per-second=0",
                "auth.events-per-second=0",
                "auth.streams-max=0",
                "auth.jwt-jwks-url=",
                "auth.jwt-issuer=",
                "auth.jwt-audience=",
                "auth.jwt-grants-claim=permissions",
                "auth.jwt-refresh=5m",
                "auth.jwt-lifetime-max=1d");
        assertThat(AuthConfig.from(TestSettings.defaults(AuthConfig.SETTINGS))).hasNoNullFieldsOrProperties();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(AuthConfig.SETTINGS, Map.of("auth-mode", "NONE", "insecure-no-auth", "yes"));
        assertRefused(
                AuthConfig.SETTINGS,
                Map.of(
                        "auth-admin-token", "short",
                        "auth-certificate-grants", "billing",
                        "auth-calls-per-second", "-1",
                        "auth-jwt-jwks-url", "http://issuer.example/jwks.json",
                        "auth-jwt-refresh", "1s",
                        "auth-jwt-lifetime-max", "59s"));
    }
}
