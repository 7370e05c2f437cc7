package io.eventsync.server.mail;

import io.eventsync.server.config.ConfigException.Problem;
import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The relay that takes the mails of e-mail endpoints.
 *
 * @param host without one, e-mail is off
 * @param allowDomains domains joined by commas, or {@code *}; without any, no address is accepted
 * @param timeout for one mail, from connecting to the relay's last answer
 */
public record MailConfig(
        Optional<String> host,
        int port,
        Optional<String> from,
        Optional<String> username,
        Optional<String> password,
        Tls tls,
        Optional<String> allowDomains,
        Duration timeout) {

    public static final Setting<Optional<String>> HOST = Setting.optionalText(
            "mail.host", "Relay that takes mails by SMTP; without it there are no e-mail endpoints");
    public static final Setting<Integer> PORT = Setting.integer("mail.port", 587, 1, 65_535, "Port of the relay");
    public static final Setting<Optional<String>> FROM = Setting.optionalText(
                    "mail.from", "Sender address of all mails; needed with mail.host")
            .matching(
                    from -> from.map(MailAddresses::isMailbox).orElse(true), "which is one address, user@example.org");
    public static final Setting<Optional<String>> USERNAME =
            Setting.optionalText("mail.username", "User to log in at the relay as; without it nobody logs in");
    public static final Setting<Optional<String>> PASSWORD =
            Setting.optionalText("mail.password", "Password of mail.username").secret();
    public static final Setting<Tls> TLS = Setting.choice(
            "mail.tls",
            Tls.STARTTLS,
            "How the way to the relay is protected; none also sends the password for all to read");
    public static final Setting<Optional<String>> ALLOW_DOMAINS = Setting.optionalText(
                    "mail.allow-domains",
                    "Domains that mails may go to, joined by commas, or * for any; without it none may be sent")
            .matching(
                    domains -> domains.map(MailAddresses::areDomains).orElse(true),
                    "which is * or domains joined by commas, such as example.org,example.com");
    public static final Setting<Duration> TIMEOUT = Setting.duration(
            "mail.timeout",
            Duration.ofSeconds(15),
            Duration.ofMillis(100),
            Duration.ofMinutes(5),
            "Time for one mail, from connecting to the relay's last answer");

    public static final List<Setting<?>> SETTINGS =
            List.of(HOST, PORT, FROM, USERNAME, PASSWORD, TLS, ALLOW_DOMAINS, TIMEOUT);

    /** How the connection to the relay is encrypted. */
    public enum Tls {
        /** Not at all. */
        NONE,
        /** From the STARTTLS command on, which the relay must offer. */
        STARTTLS,
        /** From the first byte on. */
        TLS
    }

    public MailConfig {
        HOST.require(host);
        PORT.require(port);
        FROM.require(from);
        USERNAME.require(username);
        PASSWORD.require(password);
        TLS.require(tls);
        ALLOW_DOMAINS.require(allowDomains);
        TIMEOUT.require(timeout);
    }

    public static MailConfig from(Settings settings) {
        return new MailConfig(
                settings.get(HOST),
                settings.get(PORT),
                settings.get(FROM),
                settings.get(USERNAME),
                settings.get(PASSWORD),
                settings.get(TLS),
                settings.get(ALLOW_DOMAINS),
                settings.get(TIMEOUT));
    }

    /** What is wrong with these values together. */
    public List<Problem> problems(Settings settings) {
        List<Problem> problems = new ArrayList<>();
        if (host.isPresent() && from.isEmpty()) {
            problems.add(settings.problem(FROM, "expected an address, since mail.host is set"));
        }
        if (username.isPresent() != password.isPresent()) {
            problems.add(settings.problem(
                    username.isPresent() ? PASSWORD : USERNAME,
                    "expected both, mail.username and mail.password, or none"));
        }
        return problems;
    }

    /** Whether e-mail endpoints can be made. */
    public boolean isOn() {
        return host.isPresent() && from.isPresent();
    }

    @Override
    public String toString() {
        return "MailConfig[host=" + HOST.show(host) + ", port=" + port + ", from=" + FROM.show(from) + ", username="
                + USERNAME.show(username) + ", password=" + PASSWORD.show(password) + ", tls=" + tls + ", allowDomains="
                + ALLOW_DOMAINS.show(allowDomains) + ", timeout=" + timeout + "]";
    }
}
