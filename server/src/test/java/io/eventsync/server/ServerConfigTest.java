package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.config.ConfigException;
import io.eventsync.server.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {
    @Test
    void defaults_goTogether() {
        assertThat(load(Map.of())).hasNoNullFieldsOrProperties();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost"})
    void loopback_needsNoAuth(String host) {
        assertThat(load(Map.of("server-host", host)).http().host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "db.example", "127.0.0.1.example", "localhost.example"})
    void otherAddresses_areRefused_unlessAccepted(String host) {
        assertThatThrownBy(() -> load(Map.of("server-host", host)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("server.host = " + host + " (flag --server-host)")
                .hasMessageContaining("--insecure-no-auth");
        assertThat(load(Map.of("server-host", host, "insecure-no-auth", "true"))
                        .auth()
                        .insecureNoAuth())
                .isTrue();
    }

    @Test
    void bounds_thatCannotHoldEachOther_areRefused() {
        assertThatThrownBy(() -> load(Map.of(
                        "server-request-bytes-max", "64KiB",
                        "log-queue-events-max", "10",
                        "log-queue-bytes-max", "1KiB")))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refused -> assertThat(refused.problems())
                                .extracting(ConfigException.Problem::key)
                                .containsExactly(
                                        "server.request-bytes-max = 64KiB",
                                        "log.queue-events-max = 10",
                                        "log.queue-events-max = 10",
                                        "log.queue-bytes-max = 1KiB"));
    }

    private static ServerConfig load(Map<String, String> flags) {
        return ServerConfig.from(TestSettings.load(ServerConfig.SETTINGS, flags));
    }
}
