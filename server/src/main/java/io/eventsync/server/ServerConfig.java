package io.eventsync.server;

import io.eventsync.server.auth.AuthConfig;
import io.eventsync.server.compat.CompatConfig;
import io.eventsync.server.config.ConfigException;
import io.eventsync.server.config.ConfigException.Problem;
import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import io.eventsync.server.config.ShownSetting;
import io.eventsync.server.delivery.DeliveryConfig;
import io.eventsync.server.egress.EgressConfig;
import io.eventsync.server.event.EventLimits;
import io.eventsync.server.event.LogConfig;
import io.eventsync.server.http.AdminConfig;
import io.eventsync.server.http.HttpConfig;
import io.eventsync.server.http.TlsConfig;
import io.eventsync.server.logging.LoggingConfig;
import io.eventsync.server.mail.MailConfig;
import io.eventsync.server.postgres.PostgresConfig;
import io.eventsync.server.secret.SecretConfig;
import io.eventsync.server.subscription.SubscriptionConfig;
import io.eventsync.server.tracing.TracingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Everything an operator can set, and the rules that join two features. */
public record ServerConfig(
        HttpConfig http,
        AdminConfig admin,
        TlsConfig tls,
        AuthConfig auth,
        PostgresConfig postgres,
        LogConfig log,
        EventLimits limits,
        SubscriptionConfig subscription,
        DeliveryConfig delivery,
        EgressConfig egress,
        MailConfig mail,
        SecretConfig secrets,
        LoggingConfig logging,
        TracingConfig tracing,
        CompatConfig compat,
        List<ShownSetting> shown) {

    public static final List<Setting<?>> SETTINGS = Stream.of(
                    HttpConfig.SETTINGS,
                    AdminConfig.SETTINGS,
                    TlsConfig.SETTINGS,
                    AuthConfig.SETTINGS,
                    PostgresConfig.SETTINGS,
                    LogConfig.SETTINGS,
                    EventLimits.SETTINGS,
                    SubscriptionConfig.SETTINGS,
                    DeliveryConfig.SETTINGS,
                    EgressConfig.SETTINGS,
                    MailConfig.SETTINGS,
                    SecretConfig.SETTINGS,
                    LoggingConfig.SETTINGS,
                    TracingConfig.SETTINGS,
                    CompatConfig.SETTINGS)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    // By its text: a name that resolves to loopback now may not do so when the port is bound.
    private static final Pattern LOOPBACK = Pattern.compile("(?i)localhost|127(\\.[0-9]{1,3}){3}|\\[?::1]?");

    /** @throws ConfigException when values that are fine alone do not go together */
    public static ServerConfig from(Settings settings) {
        ServerConfig config = new ServerConfig(
                HttpConfig.from(settings),
                AdminConfig.from(settings),
                TlsConfig.from(settings),
                AuthConfig.from(settings),
                PostgresConfig.from(settings),
                LogConfig.from(settings),
                EventLimits.from(settings),
                SubscriptionConfig.from(settings),
                DeliveryConfig.from(settings),
                EgressConfig.from(settings),
                MailConfig.from(settings),
                SecretConfig.from(settings),
                LoggingConfig.from(settings),
                TracingConfig.from(settings),
                CompatConfig.from(settings),
                settings.shown());
        List<Problem> problems = config.problems(settings);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config;
    }

    /** With what was found out about callers at the start. */
    public ServerConfig with(AuthConfig known) {
        return new ServerConfig(
                http,
                admin,
                tls,
                known,
                postgres,
                log,
                limits,
                subscription,
                delivery,
                egress,
                mail,
                secrets,
                logging,
                tracing,
                compat,
                shown);
    }

    private List<Problem> problems(Settings settings) {
        List<Problem> problems = new ArrayList<>(mail.problems(settings));
        problems.addAll(auth.problems(settings));
        problems.addAll(tls.problems(settings));
        if (auth.mode() == AuthConfig.Mode.REQUIRED
                && auth.adminToken().isEmpty()
                && !auth.jwt().isOn()
                && postgres.url().isPresent()) {
            problems.add(settings.problem(
                    AuthConfig.ADMIN_TOKEN,
                    "expected with auth.mode required and a Postgres of your own: nobody could make the first token"));
        }
        if (auth.mode() == AuthConfig.Mode.NONE
                && !auth.insecureNoAuth()
                && !LOOPBACK.matcher(http.host()).matches()) {
            problems.add(settings.problem(
                    HttpConfig.HOST,
                    "auth.mode none would let anyone who reaches this address read and write;"
                            + " listen on 127.0.0.1, or accept it with --insecure-no-auth"));
        }
        if (limits.payloadBytesMax() + limits.messageBytesMax() > http.requestBytesMax()) {
            problems.add(settings.problem(
                    HttpConfig.REQUEST_BYTES_MAX,
                    "expected room for limits.payload-bytes-max and limits.message-bytes-max together"));
        }
        if (log.queueEventsMax() < log.batchEventsMax()) {
            problems.add(settings.problem(LogConfig.QUEUE_EVENTS_MAX, "expected at least log.batch-events-max"));
        }
        if (log.queueEventsMax() < limits.batchEventsMax()) {
            problems.add(settings.problem(LogConfig.QUEUE_EVENTS_MAX, "expected at least limits.batch-events-max"));
        }
        if (log.queueBytesMax() < Math.max(log.batchBytesMax(), http.requestBytesMax())) {
            problems.add(settings.problem(
                    LogConfig.QUEUE_BYTES_MAX,
                    "expected at least log.batch-bytes-max and server.request-bytes-max, or some requests never fit"));
        }
        return problems;
    }
}
