package io.eventsync.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.X509KeyManager;

/**
 * Whether a private key is that of its certificate. Nothing else looks: a pair of which one file is new and the other old would be taken into
 * use, and no handshake would succeed.
 */
final class CertificatePair {
    private static final List<String> TYPES = List.of("RSA", "EC", "EdDSA", "Ed25519");
    private static final byte[] PROBE = {1, 2, 3, 4};

    private CertificatePair() {}

    /** Blocks on files. Fails if the two do not belong together. */
    static void check(Vertx vertx, KeyCertOptions options) throws Exception {
        X509KeyManager keys = Arrays.stream(options.getKeyManagerFactory(vertx).getKeyManagers())
                .filter(X509KeyManager.class::isInstance)
                .map(X509KeyManager.class::cast)
                .findFirst()
                .orElseThrow();
        for (String type : TYPES) {
            String[] aliases = keys.getServerAliases(type, null);
            for (String alias : aliases == null ? new String[0] : aliases) {
                X509Certificate own = Objects.requireNonNull(keys.getCertificateChain(alias))[0];
                if (!belong(Objects.requireNonNull(keys.getPrivateKey(alias)), own)) {
                    throw new IllegalArgumentException("the key of tls.key-file is not that of the certificate");
                }
            }
        }
    }

    private static boolean belong(PrivateKey key, X509Certificate certificate) {
        try {
            Signature signature = Signature.getInstance(
                    switch (key.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> key.getAlgorithm();
                    });
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }
}
