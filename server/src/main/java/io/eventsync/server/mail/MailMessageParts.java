package io.eventsync.server.mail;

import java.util.List;

/**
 * One mail.
 *
 * @param webhookId the same for every attempt, so that a mail store may drop a repetition
 * @param to as accepted by {@link MailAddresses}; all of them get it, or none
 */
public record MailMessageParts(String webhookId, List<String> to, MailText text) {
    public MailMessageParts {
        to = List.copyOf(to);
    }
}
