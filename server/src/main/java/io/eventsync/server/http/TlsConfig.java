package io.eventsync.server.http;

import io.eventsync.server.config.ConfigException.Problem;
import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * TLS of the public port. All files are PEM, and read again when they change.
 *
 * @param certificates the server's own, then those of its issuers; without it the port speaks plaintext
 * @param key of the server's certificate
 * @param clientAuthorities who signs the certificates of clients; with it clients may show one
 */
public record TlsConfig(Optional<Path> certificates, Optional<Path> key, Optional<Path> clientAuthorities) {
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

    public static final Setting<Optional<String>> CERTIFICATES = file(
            "tls.cert-file",
            "PEM file of the server's certificate and its issuers'; without it the port speaks plaintext");
    public static final Setting<Optional<String>> KEY =
            file("tls.key-file", "PEM file of the certificate's private key");
    public static final Setting<Optional<String>> CLIENT_AUTHORITIES =
            file("tls.client-ca-file", "PEM file of the authorities whose client certificates count");

    public static final List<Setting<?>> SETTINGS = List.of(CERTIFICATES, KEY, CLIENT_AUTHORITIES);

    private static Setting<Optional<String>> file(String key, String description) {
        return Setting.optionalText(key, description)
                .matching(
                        text -> text.map(Path::of)
                                .map(path -> Files.isRegularFile(path) && Files.isReadable(path))
                                .orElse(true),
                        "naming a file that can be read");
    }

    public static TlsConfig from(Settings settings) {
        return new TlsConfig(
                settings.get(CERTIFICATES).map(Path::of),
                settings.get(KEY).map(Path::of),
                settings.get(CLIENT_AUTHORITIES).map(Path::of));
    }

    public boolean isOn() {
        return certificates.isPresent();
    }

    /** What does not go together. */
    public List<Problem> problems(Settings settings) {
        List<Problem> problems = new ArrayList<>();
        if (certificates.isPresent() != key.isPresent()) {
            problems.add(settings.problem(
                    certificates.isPresent() ? KEY : CERTIFICATES, "expected tls.cert-file and tls.key-file together"));
        }
        if (clientAuthorities.isPresent() && !isOn()) {
            problems.add(settings.problem(CLIENT_AUTHORITIES, "expected tls.cert-file with it"));
        }
        return problems;
    }

    /** Those that are set. */
    List<Path> files() {
        return Stream.of(certificates, key, clientAuthorities)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The same server with TLS; HTTP/2 where the client speaks it. */
    HttpServerOptions on(HttpServerOptions options) {
        options.setSsl(true).setUseAlpn(true).setKeyCertOptions(pair()).setEnabledSecureTransportProtocols(PROTOCOLS);
        clientAuthorities.ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString()))
                .setClientAuth(ClientAuth.REQUEST));
        return options;
    }

    /** The server's certificate and its key. */
    PemKeyCertOptions pair() {
        return new PemKeyCertOptions()
                .addCertPath(certificates.orElseThrow().toString())
                .addKeyPath(key.orElseThrow().toString());
    }

    /** What the files say now. */
    ServerSSLOptions options() {
        return on(new HttpServerOptions()).getSslOptions();
    }
}
