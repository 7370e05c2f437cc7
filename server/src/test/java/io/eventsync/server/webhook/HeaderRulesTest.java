package io.eventsync.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {
    private static void assertRefused(Map<String, String> headers, String named) {
        assertThatThrownBy(() -> HeaderRules.requireValid("webhook.headers", headers))
                .isInstanceOfSatisfying(Failure.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.FIELD_INVALID);
                    assertThat(refused.violations().get(0).field()).isEqualTo("webhook.headers");
                    assertThat(refused.violations().get(0).description()).contains(named);
                });
    }

    private static void assertAccepted(Map<String, String> headers) {
        assertThatCode(() -> HeaderRules.requireValid("webhook.headers", headers))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x-api-key", "X-Team", "cookie", "accept", "tracestate", "a!#$%&'*+-.^_`|~9", "cec", "hosts"})
    void name_isAccepted(String name) {
        assertAccepted(Map.of(name, "v"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "AUTHORIZATION",
                "content-type",
                "Content-Length",
                "content-",
                "webhook-id",
                "Webhook-X",
                "eventsync-attempt",
                "ce-id",
                "CE-x",
                "connection",
                "Keep-Alive",
                "proxy-authorization",
                "Proxy-Connection",
                "TE",
                "trailer",
                "Transfer-Encoding",
                "upgrade",
                "http2-settings",
                "expect",
                "traceparent",
                "User-Agent"
            })
    void nameOfTheServers_isRefused(String name) {
        assertRefused(Map.of(name, "v"), "'" + name + "' is a header that only the server sets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a:", ":path", "a\r\nb", "ż", "a/b", "(", "a\u0000", "a\"", "é"})
    void nameThatIsNoToken_isRefused(String name) {
        assertRefused(Map.of(name, "v"), "is not the name of a header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a b\tc", "~!\"%", "caf\u00E9"})
    void value_isAccepted(String value) {
        assertAccepted(Map.of("x-a", value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\r\nb: c", "a\nb", "a\u0000", "a\u007F", " a", "a ", "\ta", "ż", "\u0001", "\uD83D\uDE00"})
    void value_isRefused_andNotRepeated(String value) {
        assertRefused(Map.of("x-a", value), "'x-a' has a value with a control character");
    }

    @Test
    void length_isOfNameAndValueTogether() {
        assertAccepted(Map.of("x-a", "v".repeat(4096 - 3)));
        assertRefused(Map.of("x-a", "v".repeat(4096 - 2)), "'x-a' has 4097 characters");
        assertRefused(Map.of("n".repeat(5_000), ""), "'" + "n".repeat(64) + "' has 5000 characters");
    }

    @Test
    void count_isAtMostTen() {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            headers.put("x-" + i, "v");
        }
        assertAccepted(headers);

        headers.put("x-10", "v");

        assertRefused(headers, "has 11 entries");
    }

    @Test
    void nameInTwoCases_isRefused() {
        assertRefused(Map.of("x-a", "1", "X-A", "2"), "twice");
    }

    @Test
    void controlCharacters_doNotComeBack() {
        assertThatThrownBy(() -> HeaderRules.requireValid("h", Map.of("a\r\nb", "")))
                .hasMessageContaining("'a??b'");
    }
}
