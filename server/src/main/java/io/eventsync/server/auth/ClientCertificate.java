package io.eventsync.server.auth;

import io.vertx.core.http.HttpConnection;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The certificate that a client showed when it connected. The handshake has checked who signed it. */
public final class ClientCertificate {
    private ClientCertificate() {}

    /** Its common name; empty without TLS, if the client showed none, or if the certificate does not have exactly one. */
    public static Optional<String> name(HttpConnection connection) {
        if (!connection.isSsl()) {
            return Optional.empty();
        }
        try {
            List<Certificate> chain = connection.peerCertificates();
            return chain.isEmpty() || !(chain.get(0) instanceof X509Certificate own)
                    ? Optional.empty()
                    : commonName(own.getSubjectX500Principal().getName());
        } catch (SSLPeerUnverifiedException noCertificate) {
            return Optional.empty();
        }
    }

    private static Optional<String> commonName(String subject) {
        try {
            List<String> names = new LdapName(subject)
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(part -> String.valueOf(part.getValue()))
                            .toList();
            return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
