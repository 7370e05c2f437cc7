package io.eventsync.server.webhook;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.secret.Secret;
import io.eventsync.server.webhook.SigningKey.Scheme;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes signing keys, and takes over those that receivers have already. */
public final class SigningKeys {
    static final int HMAC_BYTES_MIN = 24;
    static final int HMAC_BYTES_MAX = 64;

    private static final int HMAC_BYTES = 32;
    private static final int KEY_ID_BYTES = 9;
    private static final int ED25519_BYTES = 32;
    private static final String PUBLIC_PREFIX = "whpk_";
    private static final SecureRandom RANDOM = new SecureRandom();

    private SigningKeys() {}

    public static SigningKey generateHmac(long createdMicros) {
        return hmac(random(HMAC_BYTES), createdMicros);
    }

    /** Fails with FIELD_INVALID for {@code field}; what it says never holds any of the text. */
    public static SigningKey parseHmac(String field, String text, long createdMicros) {
        byte[] secret = text.startsWith(SigningKey.SECRET_PREFIX)
                ? decoded(text.substring(SigningKey.SECRET_PREFIX.length())).orElse(new byte[0])
                : new byte[0];
        if (secret.length < HMAC_BYTES_MIN || secret.length > HMAC_BYTES_MAX) {
            throw Failure.field(
                    field,
                    "must be " + SigningKey.SECRET_PREFIX + " and the base64 of " + HMAC_BYTES_MIN + " to "
                            + HMAC_BYTES_MAX + " bytes");
        }
        return hmac(secret, createdMicros);
    }

    public static SigningKey generateEd25519(long createdMicros) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            // The X.509 form is a fixed head and the key itself.
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] raw = new byte[ED25519_BYTES];
            System.arraycopy(encoded, encoded.length - ED25519_BYTES, raw, 0, ED25519_BYTES);
            String publicKey = PUBLIC_PREFIX + Base64.getEncoder().encodeToString(raw);
            return new SigningKey(
                    newId(), Scheme.ED25519, Secret.of(seed), publicKey, createdMicros, OptionalLong.empty());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has Ed25519", e);
        }
    }

    static PrivateKey privateKey(SigningKey key) throws GeneralSecurityException {
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(
                        NamedParameterSpec.ED25519, key.secret().bytes()));
    }

    private static SigningKey hmac(byte[] secret, long createdMicros) {
        return new SigningKey(newId(), Scheme.HMAC_SHA256, Secret.of(secret), "", createdMicros, OptionalLong.empty());
    }

    private static String newId() {
        return "key_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random(KEY_ID_BYTES));
    }

    private static Optional<byte[]> decoded(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
