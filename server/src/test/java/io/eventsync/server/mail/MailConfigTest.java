package io.eventsync.server.mail;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.ConfigException.Problem;
import io.eventsync.server.config.Settings;
import io.eventsync.server.config.TestSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailConfigTest {
    private static List<String> problems(Map<String, String> flags) {
        Settings settings = TestSettings.load(MailConfig.SETTINGS, flags);
        return MailConfig.from(settings).problems(settings).stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void defaults_areAsDocumented() {
        assertDefaults(
                MailConfig.SETTINGS,
                "mail.host=",
                "mail.port=587",
                "mail.from=",
                "mail.username=",
                "mail.password=",
                "mail.tls=starttls",
                "mail.allow-domains=",
                "mail.timeout=15s");
        MailConfig config = MailConfig.from(TestSettings.defaults(MailConfig.SETTINGS));
        assertThat(config).hasNoNullFieldsOrProperties();
        assertThat(config.isOn()).isFalse();
        assertThat(problems(Map.of())).isEmpty();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                MailConfig.SETTINGS,
                Map.of(
                        "mail-port", "0",
                        "mail-from", "nobody",
                        "mail-tls", "ssl",
                        "mail-allow-domains", "example.org,",
                        "mail-timeout", "6m"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*,example.org", "exa mple.org", "@example.org", "*.example.org", "-a.org", ".org"})
    void badDomains_areRefused(String domains) {
        assertRefused(MailConfig.SETTINGS, Map.of("mail-allow-domains", domains));
    }

    @Test
    void valuesThatDoNotGoTogether_areProblems() {
        assertThat(problems(Map.of("mail-host", "relay")))
                .hasSize(1)
                .first()
                .asString()
                .contains("mail.from");
        assertThat(problems(Map.of("mail-username", "u")))
                .hasSize(1)
                .first()
                .asString()
                .contains("mail.password");
        assertThat(problems(Map.of("mail-password", "hunter2")))
                .hasSize(1)
                .first()
                .asString()
                .contains("mail.username")
                .doesNotContain("hunter2");
        assertThat(problems(Map.of(
                        "mail-host",
                        "relay",
                        "mail-from",
                        "a@example.org",
                        "mail-username",
                        "u",
                        "mail-password",
                        "p")))
                .isEmpty();
    }

    @Test
    void password_isNotShown() {
        Settings settings = TestSettings.load(MailConfig.SETTINGS, Map.of("mail-password", "hunter2"));

        assertThat(MailConfig.from(settings).toString())
                .contains("password=***")
                .doesNotContain("hunter2");
        assertThat(MailConfig.PASSWORD.fileFlag()).contains("mail-password-file");
    }
}
