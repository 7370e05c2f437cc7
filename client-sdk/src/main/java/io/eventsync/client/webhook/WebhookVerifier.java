package io.eventsync.client.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventsync.client.webhook.WebhookException.Problem;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks signatures of Standard Webhooks 1.0.0: {@code v1} with secrets ({@code whsec_...}) and {@code v1a} with public keys ({@code whpk_...}).
 * Over the bytes of the body, whatever they are. Safe for any thread.
 */
public final class WebhookVerifier {
    private static final String SECRET = "whsec_";
    private static final String PUBLIC_KEY = "whpk_";
    /** The X.509 form of an ed25519 key is this, then its 32 bytes. */
    private static final byte[] KEY_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int KEY_BYTES = 32;
    private static final int SIGNATURES_MAX = 20;

    private final List<Key> keys;
    private final Duration tolerance;
    private final InstantSource clock;

    private interface Key {
        boolean signed(String version, byte[] signature, byte[] head, byte[] body) throws GeneralSecurityException;
    }

    private WebhookVerifier(List<Key> keys, Duration tolerance, InstantSource clock) {
        this.keys = List.copyOf(keys);
        this.tolerance = tolerance;
        this.clock = clock;
    }

    /**
     * Accepts what any of these has signed within 5 minutes of now. During a rotation give the old secret and the new one.
     *
     * @throws IllegalArgumentException if one is neither {@code whsec_} nor {@code whpk_} and base64, or if there is none
     */
    public static WebhookVerifier of(String... secretsOrPublicKeys) {
        if (secretsOrPublicKeys.length == 0) {
            throw new IllegalArgumentException("secrets: at least one is needed");
        }
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < secretsOrPublicKeys.length; i++) {
            try {
                keys.add(key(secretsOrPublicKeys[i]));
            } catch (IllegalArgumentException | GeneralSecurityException e) {
                // Without the cause, which may quote the secret.
                throw new IllegalArgumentException(
                        "secrets[" + i + "]: must be whsec_ or whpk_ and the base64 of a key, as the server gave it");
            }
        }
        return new WebhookVerifier(keys, Duration.ofMinutes(5), Clock.systemUTC());
    }

    /** How far the sender's clock and the way may be off. */
    public WebhookVerifier tolerance(Duration atMost) {
        return new WebhookVerifier(keys, atMost, clock);
    }

    WebhookVerifier clock(InstantSource other) {
        return new WebhookVerifier(keys, tolerance, other);
    }

    /**
     * Checks one request.
     *
     * @param id {@code webhook-id}
     * @param timestamp {@code webhook-timestamp}
     * @param signatures {@code webhook-signature}
     * @param body as it came
     * @throws WebhookException if it is not genuine
     */
    public void verify(String id, String timestamp, String signatures, byte[] body) {
        if (id.isEmpty() || signatures.isEmpty()) {
            throw new WebhookException(Problem.HEADER, "webhook-id and webhook-signature are needed");
        }
        if (!timestamp.matches("[0-9]{1,12}")) {
            throw new WebhookException(Problem.HEADER, "webhook-timestamp is not a number of seconds");
        }
        Duration off = Duration.ofSeconds(clock.instant().getEpochSecond() - Long.parseLong(timestamp));
        if (off.abs().compareTo(tolerance) > 0) {
            throw new WebhookException(Problem.TIMESTAMP, "sent " + off.toSeconds() + " s ago by this machine's clock");
        }
        byte[] head = (id + "." + timestamp + ".").getBytes(UTF_8);
        String[] given = signatures.split(" ", SIGNATURES_MAX + 1);
        for (int i = 0; i < Math.min(given.length, SIGNATURES_MAX); i++) {
            if (isGenuine(given[i], head, body)) {
                return;
            }
        }
        throw new WebhookException(Problem.SIGNATURE, "no signature is right");
    }

    private boolean isGenuine(String given, byte[] head, byte[] body) {
        int comma = given.indexOf(',');
        if (comma < 0) {
            return false;
        }
        try {
            String version = given.substring(0, comma);
            byte[] signature = Base64.getDecoder().decode(given.substring(comma + 1));
            for (Key key : keys) {
                if (key.signed(version, signature, head, body)) {
                    return true;
                }
            }
            return false;
        } catch (IllegalArgumentException | GeneralSecurityException notASignature) {
            return false;
        }
    }

    private static Key key(String text) throws GeneralSecurityException {
        if (text.startsWith(PUBLIC_KEY)) {
            return publicKey(Base64.getDecoder().decode(text.substring(PUBLIC_KEY.length())));
        }
        if (!text.startsWith(SECRET)) {
            throw new IllegalArgumentException("no prefix");
        }
        byte[] secret = Base64.getDecoder().decode(text.substring(SECRET.length()));
        SecretKeySpec spec = new SecretKeySpec(secret, "HmacSHA256");
        return (version, signature, head, body) -> {
            if (!version.equals("v1")) {
                return false;
            }
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(spec);
            mac.update(head);
            return MessageDigest.isEqual(mac.doFinal(body), signature);
        };
    }

    private static Key publicKey(byte[] raw) throws GeneralSecurityException {
        if (raw.length != KEY_BYTES) {
            throw new IllegalArgumentException("not an ed25519 key");
        }
        byte[] encoded = new byte[KEY_HEAD.length + KEY_BYTES];
        System.arraycopy(KEY_HEAD, 0, encoded, 0, KEY_HEAD.length);
        System.arraycopy(raw, 0, encoded, KEY_HEAD.length, KEY_BYTES);
        PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        return (version, signature, head, body) -> {
            if (!version.equals("v1a")) {
                return false;
            }
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(key);
            check.update(head);
            check.update(body);
            return check.verify(signature);
        };
    }
}
