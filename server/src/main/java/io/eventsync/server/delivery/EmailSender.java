package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.EmailDestination;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.mail.MailAnswer;
import io.eventsync.server.mail.MailError;
import io.eventsync.server.mail.MailMessageParts;
import io.eventsync.server.mail.MailSender;
import io.eventsync.server.mail.MailTemplate;
import io.eventsync.server.webhook.WebhookId;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Sends events as mails, through the operator's relay. */
final class EmailSender implements Sender {
    private static final byte[] NOTHING = {};

    private final EmailDestination destination;
    private final MailTemplate template;
    private final MailSender mails;

    EmailSender(EmailDestination destination, MailSender mails) {
        this.destination = destination;
        this.template = MailTemplate.of(destination.subjectTemplate(), destination.bodyTemplate());
        this.mails = mails;
    }

    @Override
    public Future<AttemptResult> send(Attempt attempt) {
        LogEvent event = Objects.requireNonNull(attempt.first().event());
        return mails.send(new MailMessageParts(WebhookId.of(event.id()), destination.to(), template.render(event)))
                .map(EmailSender::result);
    }

    private static AttemptResult result(MailAnswer answer) {
        Optional<AttemptError> error = answer.error() == MailError.NONE
                ? Optional.empty()
                : Optional.of(AttemptError.valueOf(answer.error().name()));
        return new AttemptResult(
                error,
                answer.message(),
                answer.smtpCode(),
                answer.latency().toNanos() / 1_000,
                "",
                Map.of(),
                NOTHING,
                0,
                false,
                Set.of());
    }
}
