package io.eventsync.server.egress;

import io.eventsync.server.config.TestSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Rules as an operator would set them. */
final class TestEgress {
    private TestEgress() {}

    static EgressConfig config(Map<String, String> flags) {
        return EgressConfig.from(TestSettings.load(EgressConfig.SETTINGS, flags));
    }

    static AddressRules closed() {
        return rules(Map.of());
    }

    static AddressRules development() {
        return rules(Map.of("webhook-allow-loopback", "true"));
    }

    static AddressRules rules(Map<String, String> flags) {
        return new AddressRules(config(flags), List.of());
    }

    static EgressUrl url(String text, AddressRules rules) {
        return EgressUrl.parse("webhook.url", text, rules);
    }

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static List<InetAddress> addresses(String... texts) {
        return Arrays.stream(texts).map(TestEgress::address).toList();
    }
}
