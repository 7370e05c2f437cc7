package io.eventsync.server.mail;

import io.vertx.core.VertxException;
import io.vertx.ext.mail.SMTPException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sorts what the mail client throws by its type; its texts are for people only. */
final class MailFailures {
    private static final int CAUSES_MAX = 10;
    private static final int SMTP_OK = 250;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\s]+");

    private MailFailures() {}

    static MailError error(Throwable failure) {
        if (failure instanceof SMTPException refused) {
            return ofReply(refused);
        }
        if (hasCause(failure, SSLException.class) || hasCause(failure, GeneralSecurityException.class)) {
            return MailError.TLS;
        }
        if (failure instanceof TimeoutException) {
            return MailError.TIMEOUT;
        }
        if (hasCause(failure, ConnectException.class)
                || hasCause(failure, UnknownHostException.class)
                || hasCause(failure, NoRouteToHostException.class)) {
            return MailError.CONNECT;
        }
        if (failure instanceof IOException) {
            return MailError.CONNECTION_LOST;
        }
        // What the client finds wrong with a dialogue it says in words: a Vert.x exception, a bare Throwable, or in one
        // case this.
        boolean isSaidInWords = failure instanceof VertxException
                || failure instanceof IllegalStateException
                || !(failure instanceof Exception || failure instanceof Error);
        return isSaidInWords ? MailError.PROTOCOL : MailError.INTERNAL;
    }

    private static MailError ofReply(SMTPException refused) {
        return switch (refused.getReplyCode() / 100) {
            case 4 -> MailError.THROTTLED;
            case 5 -> MailError.STATUS;
            default -> MailError.PROTOCOL;
        };
    }

    static int smtpCode(@Nullable Throwable failure) {
        if (failure == null) {
            return SMTP_OK;
        }
        return failure instanceof SMTPException refused ? refused.getReplyCode() : 0;
    }

    static String message(Throwable failure) {
        String text = failure instanceof SMTPException refused ? refused.getReplyMessage() : failure.getMessage();
        String shown = UNPRINTABLE
                .matcher(text == null || text.isBlank() ? failure.getClass().getSimpleName() : text)
                .replaceAll(" ")
                .strip();
        int max = MailAnswer.MESSAGE_CHARS_MAX;
        if (shown.length() <= max) {
            return shown;
        }
        return shown.substring(0, Character.isHighSurrogate(shown.charAt(max - 1)) ? max - 1 : max);
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
            if (type.isInstance(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
