package io.eventsync.server.http;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(
                HttpConfig.SETTINGS,
                "server.host=127.0.0.1",
                "server.port=7300",
                "server.event-loops=0",
                "server.drain-timeout=10s",
                "server.connections-max=10000",
                "server.streams-per-connection-max=1000",
                "server.request-bytes-max=4MiB",
                "server.request-timeout=1m",
                "server.ping-interval=15s",
                "server.ping-timeout=10s",
                "http.header-timeout=10s",
                "http.idle-timeout=1m",
                "http.cors-origins=",
                "http.hosts=");
        assertThat(HttpConfig.from(TestSettings.defaults(HttpConfig.SETTINGS))).hasNoNullFieldsOrProperties();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                HttpConfig.SETTINGS,
                Map.of(
                        "server-host",
                        " ",
                        "server-port",
                        "65536",
                        "server-event-loops",
                        "-1",
                        "server-drain-timeout",
                        "5",
                        "server-connections-max",
                        "0",
                        "server-streams-per-connection-max",
                        "0",
                        "server-request-bytes-max",
                        "-4MiB",
                        "server-request-timeout",
                        "0s",
                        "server-ping-interval",
                        "0s",
                        "server-ping-timeout",
                        "0s"));
    }
}
