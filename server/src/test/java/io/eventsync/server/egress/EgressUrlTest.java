package io.eventsync.server.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressUrlTest {
    /** Open in every way that a URL can be, so that only the syntax is left to refuse one. */
    private static final AddressRules LAX = TestEgress.rules(Map.of(
            "webhook-allow-http", "true", "webhook-allow-loopback", "true", "webhook-allow-ports", "80,443,8080"));

    @ParameterizedTest
    @CsvSource({
        "https://example.com,                      https://example.com/",
        "HTTPS://Example.COM:443/In?a=b%20c&d,     https://example.com/In?a=b%20c&d",
        "https://example.com:8080?x,               https://example.com:8080/?x",
        "http://example.com:80/a//b/../c,          http://example.com/a//b/../c",
        "http://example.com:443/,                  http://example.com:443/",
        "https://8.8.8.8/,                         https://8.8.8.8/",
        "https://[2606:4700::6810:84E5]:8080/x,    https://[2606:4700::6810:84e5]:8080/x",
        "https://bücher.example/,                  https://xn--bcher-kva.example/",
        "https://XN--BCHER-KVA.example/,           https://xn--bcher-kva.example/",
        "https://xn--80ak6aa92e.com/,              https://xn--80ak6aa92e.com/",
        "https://аpple.com/, https://xn--pple-43d.com/",
        "https://1.2.3.4.example/,                 https://1.2.3.4.example/",
        "https://3com.com/,                        https://3com.com/",
        "http://localhost:5000/hook,               http://localhost:5000/hook",
        "http://127.0.0.1:5000/hook,               http://127.0.0.1:5000/hook",
        "http://[::1]:5000/hook,                   http://[::1]:5000/hook",
    })
    void url_isRead(String text, String canonical) {
        EgressUrl url = TestEgress.url(text, LAX);

        assertThat(url.text()).isEqualTo(canonical);
        assertThat(TestEgress.url(canonical, LAX)).isEqualTo(url).hasSameHashCodeAs(url);
    }

    @Test
    void parts_areApart() {
        EgressUrl url = TestEgress.url("https://Hooks.example:8080/in/secret?token=hunter2", LAX);

        assertThat(url.scheme()).isEqualTo("https");
        assertThat(url.host()).isEqualTo("hooks.example");
        assertThat(url.literal()).isEmpty();
        assertThat(url.port()).isEqualTo(8080);
        assertThat(url.pathAndQuery()).isEqualTo("/in/secret?token=hunter2");
        assertThat(url.origin()).isEqualTo("https://hooks.example:8080");
        assertThat(url).hasToString("https://hooks.example:8080");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // no scheme that is ours
                "",
                "x",
                "example.com",
                "//example.com",
                "/in",
                "ftp://example.com/",
                "file:///etc/passwd",
                "gopher://example.com:70/_x",
                "javascript:alert(1)",
                "data:text/plain,x",
                "jar:http://example.com!/",
                "dict://example.com/",
                "ldap://example.com/",
                "ws://example.com/",
                "https2://example.com/",
                "http:127.0.0.1",
                "https:example.com",
                "https:/example.com",
                "http:///x",
                "https://",
                "https:///",
                "https://:443/",
                "https://?x",
                "https://#x",
                // what parsers read differently
                "https://user@example.com/",
                "https://user:pw@example.com/",
                "https://@example.com/",
                "http://ok\\@127.0.0.1/",
                "https://example.com\\.evil.example/",
                "https:\\\\example.com\\",
                "https://example.com#@127.0.0.1/",
                "https://example.com/#",
                "https://example.com?@127.0.0.1/#x",
                "https://example.com@127.0.0.1/",
                "https://example.com:80@127.0.0.1/",
                "https://127.0.0.1:80\\@example.com",
                "https://exa mple.com/",
                "https://example.com/a b",
                " https://example.com/",
                "https://example.com/ ",
                "https://example.com/\r\nx",
                "https://example.com/\n",
                "https://exam\tple.com/",
                "https://example.com/\u0000",
                "https://example.com/\u007f",
                "https://example.com/\u0085",
                "https://example.com/\u00a0",
                "https://example.com/%",
                "https://example.com/%zz",
                "https://example.com/ü",
                "https://example.com/?ü",
                "https://example.com/<x>",
                "https://example.com/\"",
                "https://example.com/{x}",
                "https://example.com/|",
                // hosts that are numbers, or that some parser takes for one
                "https://127.1/",
                "https://127.0.1/",
                "https://2130706433/",
                "https://0177.0.0.1/",
                "https://017700000001/",
                "https://0x7f000001/",
                "https://0x7f.0.0.1/",
                "https://0x7f.1/",
                "https://0X7F.0.0.1/",
                "https://0/",
                "https://00000000000000000000000000000000000177.1/",
                "https://127.0.0.01/",
                "https://127.00.0.1/",
                "https://1.2.3.256/",
                "https://1.2.3.4.5/",
                "https://4294967296/",
                "https://127.0.0.1./",
                "https://127.0.0.1../",
                "https://example.1/",
                "https://example.0x1/",
                "https://example.0x/",
                "https://１２７.０.０.１/",
                "https://127。0。0。1/",
                "https://①②⑦.⓪.⓪.①/",
                "https://%31%32%37.0.0.1/",
                "https://127.0.0.1%00.example.com/",
                "https://127%2e0.0.1/",
                "https://exa%6dple.com/",
                "https://0:80/",
                // IPv6 that is not plain
                "https://[fe80::1%25lo]/",
                "https://[fe80::1%lo]/",
                "https://[::1%1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[::ffff:8.8.8.8]/",
                "https://[::127.0.0.1]/",
                "https://[::f:109999999999999999999999.0.0.1]/",
                "https://[64:ff9b::127.0.0.1]/",
                "https://[127.0.0.1]/",
                "https://[example.com]/",
                "https://[]/",
                "https://[::1/",
                "https://::1/",
                "https://::1]/",
                "https://[::1]x/",
                "https://[::1].example.com/",
                "https://[v1.x]/",
                "https://[1:2]/",
                "https://[:::]/",
                "https://[1::2::3]/",
                "https://[12345::]/",
                "https://[::1]:/",
                // names that are not
                "https://-a.example/",
                "https://a-.example/",
                "https://a..example/",
                "https://.example/",
                "https://example./",
                "https://example.com./",
                "https://./",
                "https://a_b.example/",
                "https://*.example/",
                "https://a,b.example/",
                "https://exam!ple/",
                "https://exam$ple/",
                "https://exam;ple/",
                "https://a=b/",
                "https://xn--\u00fc.example/",
                // ports
                "https://example.com:/",
                "https://example.com:0/",
                "https://example.com:22/",
                "https://example.com:6379/",
                "https://example.com:99999/",
                "https://example.com:65536/",
                "https://example.com:-1/",
                "https://example.com:+443/",
                "https://example.com:0443/",
                "https://example.com:443x/",
                "https://example.com:4294967739/",
                "https://example.com:443:443/",
                "https://example.com:80:80/",
            })
    void url_isRefused(String text) {
        assertThatThrownBy(() -> TestEgress.url(text, LAX)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.FIELD_INVALID);
            assertThat(failure.violations()).extracting("field").containsExactly("webhook.url");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "63, 2048, true",
        "64, 2048, false",
        "63, 2049, false",
    })
    void length_isLimited(int label, int length, boolean isAccepted) {
        String start = "https://" + "a".repeat(label) + ".example/";
        String text = start + "x".repeat(length - start.length());

        if (isAccepted) {
            assertThat(TestEgress.url(text, LAX).text()).isEqualTo(text);
        } else {
            assertThatThrownBy(() -> TestEgress.url(text, LAX)).isInstanceOf(Failure.class);
        }
    }

    @Test
    void name_isRefused_whenLongerThanDnsHolds() {
        String label = "a".repeat(62) + ".";

        assertThat(TestEgress.url("https://" + label.repeat(4) + "b", LAX).host())
                .hasSize(253);
        assertThatThrownBy(() -> TestEgress.url("https://" + label.repeat(4) + "bc", LAX))
                .isInstanceOf(Failure.class);
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.com/,       'must start with https://'",
        "http://localhost/,         'must start with https://'",
        "https://example.com:8080/, webhook.allow-ports",
        "https://localhost:8080/,   webhook.allow-ports",
        "https://127.0.0.1:8080/,   webhook.allow-ports",
        "https://u:hunter2@x/,      must hold no user or password",
    })
    void url_isRefused_whenNothingIsOpened(String text, String message) {
        assertThatThrownBy(() -> TestEgress.url(text, TestEgress.closed()))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("webhook.url: ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "http://hooks.corp.example:9000/, true",
        "http://a.b.svc.local:9000/,      true",
        "http://svc.local:9000/,          false",
        "http://xsvc.local:9000/,         false",
        "http://hooks.corp.example.evil:9000/, false",
        "http://a.hooks.corp.example:9000/,    false",
        "http://localhost:9000/,          false",
    })
    void listedHosts_takeAnyPortAndHttp(String text, boolean isAccepted) {
        AddressRules rules = TestEgress.rules(Map.of("webhook-allow-hosts", "hooks.corp.example,*.svc.local"));

        if (isAccepted) {
            assertThat(TestEgress.url(text, rules).port()).isEqualTo(9000);
        } else {
            assertThatThrownBy(() -> TestEgress.url(text, rules)).isInstanceOf(Failure.class);
        }
    }
}
