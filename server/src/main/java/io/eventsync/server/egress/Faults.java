package io.eventsync.server.egress;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the failures of the HTTP client mean, in words that name no path, header or body. */
final class Faults {
    private static final int CAUSES_MAX = 16;

    private Faults() {}

    record Fault(EgressError error, String message) {}

    /** The request has not been sent. */
    static Fault beforeSending(Throwable failure) {
        if (failure instanceof ConnectionPoolTooBusyException) {
            return new Fault(EgressError.CONNECT, "too many calls to this host are under way");
        }
        Optional<Fault> tls = tls(failure);
        if (tls.isPresent()) {
            return tls.get();
        }
        return failure instanceof IOException || failure instanceof HttpClosedException
                ? new Fault(EgressError.CONNECT, connect(failure))
                : new Fault(EgressError.INTERNAL, "the call could not be made: " + failure.getMessage());
    }

    /** The request has been sent, in whole or in part. */
    static Fault afterSending(Throwable failure) {
        if (failure instanceof HttpClosedException || failure instanceof StreamResetException) {
            return new Fault(EgressError.CONNECTION_LOST, "the receiver closed the connection before the end");
        }
        Optional<Fault> tls = tls(failure);
        if (tls.isPresent()) {
            return tls.get();
        }
        return failure instanceof IOException
                ? new Fault(EgressError.CONNECTION_LOST, "the connection broke: " + failure.getMessage())
                : new Fault(EgressError.PROTOCOL, "not an answer in HTTP/1.1: " + failure.getMessage());
    }

    private static String connect(Throwable failure) {
        if (failure instanceof io.netty.channel.ConnectTimeoutException) {
            return "connecting took too long";
        }
        if (failure instanceof NoRouteToHostException) {
            return "there is no route to the address";
        }
        return failure instanceof ConnectException
                ? "the connection was refused, or the network cannot be reached"
                : "no connection: " + failure.getMessage();
    }

    private static Optional<Fault> tls(Throwable failure) {
        if (find(failure, SslHandshakeTimeoutException.class) != null) {
            return Optional.of(new Fault(EgressError.TLS, "the TLS handshake took too long"));
        }
        if (find(failure, NotSslRecordException.class) != null) {
            return Optional.of(new Fault(EgressError.TLS, "the receiver does not speak TLS on this port"));
        }
        if (find(failure, SSLException.class) == null && find(failure, CertificateException.class) == null) {
            return Optional.empty();
        }
        return Optional.of(new Fault(EgressError.TLS, certificate(failure)));
    }

    private static String certificate(Throwable failure) {
        if (find(failure, CertificateExpiredException.class) != null) {
            return "the receiver's certificate has expired";
        }
        if (find(failure, CertificateNotYetValidException.class) != null) {
            return "the receiver's certificate is not valid yet";
        }
        if (find(failure, CertPathValidatorException.class) != null
                || find(failure, java.security.cert.CertPathBuilderException.class) != null) {
            return "the receiver's certificate is not signed by a trusted authority";
        }
        CertificateException refused = find(failure, CertificateException.class);
        if (refused != null) {
            return "the receiver's certificate is not good: " + refused.getMessage();
        }
        SSLException innermost = find(failure, SSLException.class);
        for (SSLException next = innermost; next != null; next = find(next.getCause(), SSLException.class)) {
            innermost = next;
        }
        return "TLS failed: " + (innermost == null ? failure : innermost).getMessage();
    }

    private static <T extends Throwable> @Nullable T find(@Nullable Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }
}
