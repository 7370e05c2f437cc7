package io.eventsync.server.webhook;

import io.eventsync.server.secret.Secret;
import java.util.Base64;
import java.util.OptionalLong;

/**
 * A key that signs the requests of one endpoint.
 *
 * @param keyId the server's name for it
 * @param secret the bytes of the HMAC secret, or the 32-byte seed of an ed25519 key
 * @param publicKey {@code whpk_...} of an ed25519 key, else empty
 * @param expiresMicros when it stops signing, once it was rotated
 */
public record SigningKey(
        String keyId, Scheme scheme, Secret secret, String publicKey, long createdMicros, OptionalLong expiresMicros) {

    static final String SECRET_PREFIX = "whsec_";

    /** How it signs. */
    public enum Scheme {
        HMAC_SHA256("v1"),
        ED25519("v1a");

        private final String version;

        Scheme(String version) {
            this.version = version;
        }

        /** The identifier in front of a signature. */
        String version() {
            return version;
        }
    }

    /** What a receiver verifies with, {@code whsec_...}. For the one answer that shows it. */
    public String secretText() {
        if (scheme != Scheme.HMAC_SHA256) {
            throw new IllegalStateException("receivers share the secret of an HMAC key only");
        }
        return SECRET_PREFIX + Base64.getEncoder().encodeToString(secret.bytes());
    }

    public SigningKey expiringAt(long micros) {
        return new SigningKey(keyId, scheme, secret, publicKey, createdMicros, OptionalLong.of(micros));
    }

    boolean signsAt(long micros) {
        return expiresMicros.isEmpty() || micros < expiresMicros.getAsLong();
    }
}
