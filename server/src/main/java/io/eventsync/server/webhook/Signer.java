package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs the requests of one endpoint (Standard Webhooks 1.0.0). Keeps what a key needs to sign, as making it anew costs more than
 * signing: so keep one per endpoint, use it on one thread, and make another when the keys change.
 */
public final class Signer {
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final List<KeyInUse> keys = new ArrayList<>();

    /** What a key signs with. */
    private interface Algorithm {
        byte[] sign(byte[] head, byte[] body) throws GeneralSecurityException;
    }

    private record KeyInUse(SigningKey key, Algorithm algorithm) {}

    public Signer(List<SigningKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a webhook is signed, and there is no key");
        }
        List<SigningKey> newestFirst = new ArrayList<>(keys);
        newestFirst.sort(Comparator.comparingLong(SigningKey::createdMicros).reversed());
        try {
            for (SigningKey key : newestFirst) {
                this.keys.add(new KeyInUse(key, algorithm(key)));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256 and Ed25519", e);
        }
    }

    private static Algorithm algorithm(SigningKey key) throws GeneralSecurityException {
        return switch (key.scheme()) {
            case HMAC_SHA256 -> {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key.secret().bytes(), "HmacSHA256"));
                yield (head, body) -> {
                    mac.update(head);
                    return mac.doFinal(body); // and is as after init
                };
            }
            case ED25519 -> {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initSign(SigningKeys.privateKey(key));
                yield (head, body) -> {
                    signature.update(head);
                    signature.update(body);
                    return signature.sign(); // and is as after initSign
                };
            }
        };
    }

    /**
     * The value of {@code webhook-signature}: one signature of each key that has not expired by then, newest key first.
     *
     * @param timestampSeconds of this attempt, as in {@code webhook-timestamp}
     */
    public String sign(String webhookId, long timestampSeconds, byte[] body) {
        byte[] head = (webhookId + "." + timestampSeconds + ".").getBytes(UTF_8);
        StringJoiner signatures = new StringJoiner(" ");
        try {
            for (KeyInUse inUse : keys) {
                SigningKey key = inUse.key();
                if (key.signsAt(timestampSeconds * MICROS_PER_SECOND)) {
                    byte[] signature = inUse.algorithm().sign(head, body);
                    signatures.add(
                            key.scheme().version() + "," + Base64.getEncoder().encodeToString(signature));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was accepted does not sign", e);
        }
        return signatures.toString();
    }
}
