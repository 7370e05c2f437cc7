package io.eventsync.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a client connects. A value: each method answers a changed copy.
 *
 * <pre>{@code
 * EventSyncClient client = EventSyncClient.connect(ClientOptions.to("events-1:7300", "events-2:7300")
 *         .tls()
 *         .token(System.getenv("EVENTSYNC_TOKEN")));
 * }</pre>
 *
 * @param targets servers of one log; calls go round, and those that do not answer are passed over. {@code host}, {@code host:port} or
 *     {@code [ipv6]:port}; the port is 7300 unless given
 * @param isTls whether connections are encrypted
 * @param trustedCertificates a PEM file of certificates to trust instead of the system's; needs TLS
 * @param tokens where the bearer token of each call comes from; asked at each call, so renew it there
 * @param deadline how long a call may take that names no time of its own; 1 ms or more
 * @param userAgent what the server's operator sees, before the client's own name
 * @param vertx whose event loops to use; a client without has one of its own
 */
public record ClientOptions(
        List<String> targets,
        boolean isTls,
        Optional<Path> trustedCertificates,
        Optional<Supplier<Future<String>>> tokens,
        Duration deadline,
        String userAgent,
        Optional<Vertx> vertx) {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    /** Checks what can be checked without a server. */
    public ClientOptions {
        targets = List.copyOf(targets);
        if (deadline.toMillis() < 1) {
            throw new IllegalArgumentException("deadline: at least 1 ms");
        }
        if (userAgent.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("userAgent: printable ASCII only");
        }
        if (trustedCertificates.isPresent() && !isTls) {
            throw new IllegalArgumentException("trustedCertificates: needs tls()");
        }
    }

    /** These servers, in plaintext, without a token. */
    public static ClientOptions to(String... targets) {
        return new ClientOptions(
                Arrays.asList(targets), false, Optional.empty(), Optional.empty(), DEADLINE, "", Optional.empty());
    }

    /** TLS, trusting the system's certificate authorities. */
    public ClientOptions tls() {
        return new ClientOptions(targets, true, trustedCertificates, tokens, deadline, userAgent, vertx);
    }

    /** TLS, trusting the certificates in this PEM file only. */
    public ClientOptions tls(Path trusted) {
        return new ClientOptions(targets, true, Optional.of(trusted), tokens, deadline, userAgent, vertx);
    }

    /** The same bearer token for every call: an API token, or a JWT that outlives the client. */
    public ClientOptions token(String token) {
        return tokens(() -> Future.succeededFuture(token));
    }

    /** A source of tokens, asked at each call. One that fails fails the call. */
    public ClientOptions tokens(Supplier<Future<String>> source) {
        return new ClientOptions(targets, isTls, trustedCertificates, Optional.of(source), deadline, userAgent, vertx);
    }

    /** How long a call may take. */
    public ClientOptions deadline(Duration atMost) {
        return new ClientOptions(targets, isTls, trustedCertificates, tokens, atMost, userAgent, vertx);
    }

    /** Your program's name and version, such as {@code billing/2.1}. */
    public ClientOptions userAgent(String name) {
        return new ClientOptions(targets, isTls, trustedCertificates, tokens, deadline, name, vertx);
    }

    /** Runs on this Vert.x, which stays the caller's to close. */
    public ClientOptions vertx(Vertx yours) {
        return new ClientOptions(targets, isTls, trustedCertificates, tokens, deadline, userAgent, Optional.of(yours));
    }

    Optional<PemTrustOptions> trust() {
        return trustedCertificates.map(file -> new PemTrustOptions().addCertPath(file.toString()));
    }

    /** Leaves tokens out. */
    @Override
    public String toString() {
        return "ClientOptions[targets=" + targets + ", tls=" + isTls + ", deadline=" + deadline + "]";
    }
}
