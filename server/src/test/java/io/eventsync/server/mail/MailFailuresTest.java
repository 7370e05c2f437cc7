package io.eventsync.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.ext.mail.SMTPException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MailFailuresTest {
    private static SMTPException reply(int code, String text) {
        return new SMTPException("refused", code, List.of(text), false);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(reply(421, "later"), MailError.THROTTLED),
                Arguments.of(reply(450, "later"), MailError.THROTTLED),
                Arguments.of(reply(550, "never"), MailError.STATUS),
                Arguments.of(reply(599, "never"), MailError.STATUS),
                Arguments.of(reply(354, "what"), MailError.PROTOCOL),
                Arguments.of(reply(-1, "what"), MailError.PROTOCOL),
                Arguments.of(new SSLHandshakeException("no"), MailError.TLS),
                Arguments.of(new IOException(new CertificateException("no")), MailError.TLS),
                Arguments.of(new VertxException(new SSLHandshakeException("no")), MailError.TLS),
                Arguments.of(new TimeoutException(), MailError.TIMEOUT),
                Arguments.of(new ConnectException(), MailError.CONNECT),
                Arguments.of(new UnknownHostException("x"), MailError.CONNECT),
                Arguments.of(new NoRouteToHostException(), MailError.CONNECT),
                Arguments.of(new ClosedChannelException(), MailError.CONNECTION_LOST),
                Arguments.of(new IOException("reset"), MailError.CONNECTION_LOST),
                Arguments.of(Future.failedFuture("in words").cause(), MailError.PROTOCOL),
                Arguments.of(new IllegalStateException("dropping"), MailError.PROTOCOL),
                Arguments.of(new NullPointerException(), MailError.INTERNAL),
                Arguments.of(new IllegalArgumentException(), MailError.INTERNAL));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failure_isSortedByItsType(Throwable failure, MailError error) {
        assertThat(MailFailures.error(failure)).isEqualTo(error);
    }

    @Test
    void message_isTheRelays_onOneLine_andShort() {
        assertThat(MailFailures.message(reply(550, "550 no\r\nsuch\u0000 user")))
                .isEqualTo("550 no such user");
        assertThat(MailFailures.message(new NullPointerException())).isEqualTo("NullPointerException");
        assertThat(MailFailures.message(new IOException("\r\n"))).isEqualTo("IOException");
        assertThat(MailFailures.message(new IOException("x".repeat(300)))).hasSize(256);
        assertThat(MailFailures.message(new IOException("x" + "\uD83D\uDE00".repeat(300))))
                .hasSize(255);
    }

    @Test
    void code_isTheRelays() {
        assertThat(MailFailures.smtpCode(null)).isEqualTo(250);
        assertThat(MailFailures.smtpCode(reply(421, ""))).isEqualTo(421);
        assertThat(MailFailures.smtpCode(new IOException())).isZero();
    }
}
