package io.eventsync.server.mail;

import java.time.Duration;

/**
 * What came of sending a mail.
 *
 * @param smtpCode of the relay's answer that decided it; 0 if there was none
 * @param message for people, one line of at most {@link #MESSAGE_CHARS_MAX} characters; empty after a success
 * @param latency from the call to the answer
 */
public record MailAnswer(MailError error, int smtpCode, String message, Duration latency) {
    public static final int MESSAGE_CHARS_MAX = 256;

    public boolean isSuccess() {
        return error == MailError.NONE;
    }
}
