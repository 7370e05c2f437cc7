package io.eventsync.server.mail;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.MailResult;
import io.vertx.ext.mail.StartTLSOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands mails to the operator's relay, each over a connection of its own: a kept one that the relay drops would fail the next mail.
 * At most {@value #CONNECTIONS_MAX} at once; others wait, within their time. One that ran out of time while it waited may still be
 * sent, so a repetition has the same Message-ID.
 */
public final class MailSender {
    static final int CONNECTIONS_MAX = 10;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final MailClient client;
    private final MailConfig config;
    private final String from;

    private MailSender(MailClient client, MailConfig config, String from) {
        this.client = client;
        this.config = config;
        this.from = from;
    }

    /** For a configuration that {@link MailConfig#isOn}. */
    public static MailSender create(Vertx vertx, MailConfig config) {
        return create(vertx, config, options(config));
    }

    static MailSender create(Vertx vertx, MailConfig config, io.vertx.ext.mail.MailConfig options) {
        return new MailSender(
                MailClient.create(vertx, options), config, config.from().orElseThrow());
    }

    static io.vertx.ext.mail.MailConfig options(MailConfig config) {
        int timeoutMillis = Math.toIntExact(config.timeout().toMillis());
        io.vertx.ext.mail.MailConfig options = new io.vertx.ext.mail.MailConfig()
                .setHostname(config.host().orElseThrow())
                .setPort(config.port())
                .setHostnameVerificationAlgorithm("HTTPS")
                .setKeepAlive(false)
                .setMaxPoolSize(CONNECTIONS_MAX)
                .setConnectTimeout((int) Math.min(timeoutMillis, CONNECT_TIMEOUT.toMillis()))
                // Frees the connection of a relay that hangs, after the mail was given up.
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(timeoutMillis + 1_000);
        switch (config.tls()) {
            case NONE -> options.setStarttls(StartTLSOptions.DISABLED);
            case STARTTLS -> options.setStarttls(StartTLSOptions.REQUIRED);
            case TLS -> options.setStarttls(StartTLSOptions.DISABLED).setSsl(true);
        }
        if (config.username().isPresent() && config.password().isPresent()) {
            return options.setLogin(LoginOption.REQUIRED)
                    .setUsername(config.username().get())
                    .setPassword(config.password().get());
        }
        return options.setLogin(LoginOption.DISABLED);
    }

    /** Never fails: what goes wrong is in the answer. */
    public Future<MailAnswer> send(MailMessageParts parts) {
        long start = System.nanoTime();
        return started(parts)
                .timeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .map(taken -> answer(start, null))
                .otherwise(failure -> answer(start, failure));
    }

    /** On the caller's context, so that the timeout is too. */
    private Future<MailResult> started(MailMessageParts parts) {
        try {
            return client.sendMail(message(parts));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private static MailAnswer answer(long startNanos, @Nullable Throwable failure) {
        Duration latency = Duration.ofMillis((System.nanoTime() - startNanos) / NANOS_PER_MILLI);
        return new MailAnswer(
                failure == null ? MailError.NONE : MailFailures.error(failure),
                MailFailures.smtpCode(failure),
                failure == null ? "" : MailFailures.message(failure),
                latency);
    }

    private MailMessage message(MailMessageParts parts) {
        return new MailMessage()
                .setFrom(from)
                .setTo(parts.to())
                .setSubject(parts.text().subject())
                .setText(parts.text().body())
                .addHeader("Message-ID", "<" + parts.webhookId() + "@" + MailAddresses.domain(from) + ">")
                .addHeader("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's holiday notice comes back
    }

    /** Closes the connections; what is on its way may or may not arrive. */
    public Future<Void> close() {
        return client.close();
    }
}
