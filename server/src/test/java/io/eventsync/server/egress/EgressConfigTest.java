package io.eventsync.server.egress;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.config.TestSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressConfigTest {
    @Test
    void defaults_areClosed() {
        assertDefaults(
                EgressConfig.SETTINGS,
                "webhook.allow-cidrs=",
                "webhook.allow-hosts=",
                "webhook.allow-http=false",
                "webhook.allow-ports=80,443",
                "webhook.allow-loopback=false",
                "webhook.ca-file=",
                "webhook.connect-timeout=5s",
                "webhook.dns-timeout=3s");
        assertThat(EgressConfig.from(TestSettings.defaults(EgressConfig.SETTINGS)))
                .isEqualTo(new EgressConfig(
                        List.of(),
                        List.of(),
                        false,
                        Set.of(80, 443),
                        false,
                        Optional.empty(),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(3)));
    }

    @Test
    void lists_areRead() {
        EgressConfig config = TestEgress.config(Map.of(
                "webhook-allow-cidrs", "10.1.0.0/16, fd12::/32,192.168.7.9",
                "webhook-allow-hosts", "Hooks.Corp.Example, *.svc.cluster.local",
                "webhook-allow-ports", "8443, 443"));

        assertThat(config.allowCidrs())
                .containsExactly(Cidr.of("10.1.0.0/16"), Cidr.of("fd12::/32"), Cidr.of("192.168.7.9/32"));
        assertThat(config.allowHosts())
                .containsExactly(
                        new HostPattern("hooks.corp.example", false), new HostPattern("svc.cluster.local", true));
        assertThat(config.allowPorts()).containsExactlyInAnyOrder(443, 8443);
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                EgressConfig.SETTINGS,
                Map.of(
                        "webhook-allow-cidrs", "10.1.0.0/8",
                        "webhook-allow-hosts", "10.0.0.1",
                        "webhook-allow-http", "yes",
                        "webhook-allow-ports", "0",
                        "webhook-allow-loopback", "1",
                        "webhook-ca-file", "/does/not/exist.pem",
                        "webhook-connect-timeout", "0s",
                        "webhook-dns-timeout", "1h"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/08",
                "10.0.0/8",
                "::/129",
                "fe80::1%lo/64",
                "10.0.0.0/8,",
                "x",
                "/8"
            })
    void ranges_areRefused_whenMalformed(String text) {
        assertRefused(EgressConfig.SETTINGS, Map.of("webhook-allow-cidrs", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*.", "a.*.example", "**.example", "a..b", "127.1", "[::1]", "a_b", "example.", ",a"})
    void hosts_areRefused_whenMalformed(String text) {
        assertRefused(EgressConfig.SETTINGS, Map.of("webhook-allow-hosts", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "-1", "443,,80", "443;80", "https", "0443"})
    void ports_areRefused_whenMalformed(String text) {
        assertRefused(EgressConfig.SETTINGS, Map.of("webhook-allow-ports", text));
    }

    @Test
    void record_isHeldToTheSameRules() {
        assertThatThrownBy(() -> new EgressConfig(
                        List.of(),
                        List.of(),
                        false,
                        Set.of(70_000),
                        false,
                        Optional.empty(),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("webhook.allow-ports");
    }
}
