package io.eventsync.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.config.TestSettings;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailAddressesTest {
    private static final String LONG_DOMAIN = "d".repeat(63) + "." + "e".repeat(63) + "." + "f".repeat(62);

    private static MailAddresses allowing(String domains) {
        return MailAddresses.of(
                MailConfig.from(TestSettings.load(MailConfig.SETTINGS, Map.of("mail-allow-domains", domains))));
    }

    private static void assertRefused(MailAddresses addresses, List<String> to, String field, String description) {
        assertThatThrownBy(() -> addresses.requireValid("email.to", to))
                .isInstanceOfSatisfying(Failure.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.FIELD_INVALID);
                    assertThat(refused.violations().get(0).field()).isEqualTo(field);
                    assertThat(refused.violations().get(0).description()).contains(description);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@b",
                "first.last+tag@example.org",
                "!#$%&'*+/=?^_`{|}~-@example.org",
                "1@1.example",
                "ops@xn--bcher-kva.example"
            })
    void mailbox_isAccepted(String address) {
        assertThatCode(() -> allowing("*").requireValid("to", List.of(address))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                "a",
                "a@",
                "@example.org",
                ".a@example.org",
                "a.@example.org",
                "a..b@example.org",
                "a b@example.org",
                "a@b@example.org",
                "a@-example.org",
                "a@example-.org",
                "a@example..org",
                "a@example.org.",
                "a@.example.org",
                "a@[127.0.0.1]",
                "\"a b\"@example.org",
                "Ann <a@example.org>",
                "a@example.org,b@example.org",
                "a@example.org\r\nBcc: b@example.org",
                "a\n@example.org",
                "a@example.org\n",
                "ż@example.org",
                "a@żółw.example",
                "a@exa_mple.org"
            })
    void other_isRefused(String address) {
        assertRefused(allowing("*"), List.of("ok@example.org", address), "email.to[1]", "is not a mail address");
    }

    @Test
    void lengths_areBounded() {
        String local64 = "l".repeat(64);
        String longest = "l".repeat(254 - 1 - LONG_DOMAIN.length()) + "@" + LONG_DOMAIN;

        assertThat(longest).hasSize(254);
        assertThat(MailAddresses.isMailbox(longest)).isTrue();
        assertThat(MailAddresses.isMailbox("l" + longest)).isFalse();
        assertThat(MailAddresses.isMailbox(local64 + "@example.org")).isTrue();
        assertThat(MailAddresses.isMailbox("l" + local64 + "@example.org")).isFalse();
        assertThat(MailAddresses.isMailbox("a@" + "d".repeat(64) + ".org")).isFalse();
    }

    @Test
    void count_isOneToTen_andEachOnce() {
        List<String> ten = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ten.add("a" + i + "@example.org");
        }
        List<String> eleven = new ArrayList<>(ten);
        eleven.add("b@example.org");

        assertThatCode(() -> allowing("*").requireValid("to", ten)).doesNotThrowAnyException();
        assertRefused(allowing("*"), eleven, "email.to", "has 11 addresses");
        assertRefused(allowing("*"), List.of(), "email.to", "has 0 addresses");
        assertRefused(allowing("*"), List.of("a@b", "a@b"), "email.to[1]", "twice");
    }

    @Test
    void domains_areThoseOfTheSettings_whateverTheirCase() {
        MailAddresses addresses = allowing("Example.org,example.com");

        assertThatCode(() -> addresses.requireValid("to", List.of("a@example.ORG", "a@EXAMPLE.com")))
                .doesNotThrowAnyException();
        assertRefused(
                addresses, List.of("a@sub.example.org"), "email.to[0]", "do not allow the domain sub.example.org");
        assertRefused(addresses, List.of("a@notexample.org"), "email.to[0]", "mail.allow-domains");
    }

    @Test
    void noDomain_isAllowed_byDefault() {
        MailAddresses addresses = MailAddresses.of(MailConfig.from(TestSettings.defaults(MailConfig.SETTINGS)));

        assertRefused(addresses, List.of("a@example.org"), "email.to[0]", "(mail.allow-domains) allow no domain");
    }
}
