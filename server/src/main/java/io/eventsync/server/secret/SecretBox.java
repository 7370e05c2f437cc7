package io.eventsync.server.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventsync.server.secret.Unsealed.Broken;
import io.eventsync.server.secret.Unsealed.Opened;
import io.eventsync.server.secret.Unsealed.UnknownKey;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals secrets with AES-256-GCM. A sealed one is a version byte, four bytes that name the key, the nonce, the ciphertext and its
 * tag. The context is authenticated, not stored: a secret copied to another row does not open there.
 *
 * <p>The nonce is random, which is safe for some 2^32 seals by one key. For use from any thread.
 */
public final class SecretBox {
    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int HEADER_BYTES = 1 + Integer.BYTES + NONCE_BYTES;

    private final List<SealingKey> keys;
    private final SecureRandom random = new SecureRandom();

    /** The first key seals, any of them opens. */
    SecretBox(List<SealingKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no key to seal with");
        }
        this.keys = List.copyOf(keys);
    }

    /** A box with one key made on the spot, which dies with it. */
    public static SecretBox ofRandomKey() {
        byte[] key = new byte[SealingKey.BYTES];
        new SecureRandom().nextBytes(key);
        return new SecretBox(List.of(SealingKey.of(key)));
    }

    /** Names the key that seals; for people and logs. */
    public String keyId() {
        return SealingKey.idText(keys.get(0).id());
    }

    /**
     * @param context what the secret is of, such as {@code endpoint/17/signing}; opening it takes the same text
     */
    public byte[] seal(Secret secret, String context) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        SealingKey key = keys.get(0);
        try {
            byte[] ciphertext = cipher(Cipher.ENCRYPT_MODE, key, nonce, context).doFinal(secret.bytes());
            return ByteBuffer.allocate(HEADER_BYTES + ciphertext.length)
                    .put(VERSION)
                    .putInt(key.id())
                    .put(nonce)
                    .put(ciphertext)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java seals with AES-256-GCM", e);
        }
    }

    public Unsealed unseal(byte[] box, String context) {
        if (box.length < HEADER_BYTES + TAG_BYTES || box[0] != VERSION) {
            return new Broken();
        }
        ByteBuffer parts = ByteBuffer.wrap(box).position(1);
        int keyId = parts.getInt();
        byte[] nonce = new byte[NONCE_BYTES];
        parts.get(nonce);
        Unsealed unsealed = new UnknownKey(SealingKey.idText(keyId));
        for (SealingKey key : keys) {
            if (key.id() == keyId) {
                unsealed = open(key, nonce, box, context);
            }
            if (unsealed instanceof Opened) {
                break; // else another key may have the same id
            }
        }
        return unsealed;
    }

    private static Unsealed open(SealingKey key, byte[] nonce, byte[] box, String context) {
        try {
            byte[] bytes = cipher(Cipher.DECRYPT_MODE, key, nonce, context)
                    .doFinal(box, HEADER_BYTES, box.length - HEADER_BYTES);
            return new Opened(Secret.of(bytes));
        } catch (GeneralSecurityException e) {
            return new Broken();
        }
    }

    /** Whether it was sealed by a key other than the one that seals now, and so should be sealed again. */
    public boolean isOfOlderKey(byte[] box) {
        return box.length < HEADER_BYTES
                || ByteBuffer.wrap(box).getInt(1) != keys.get(0).id();
    }

    private static Cipher cipher(int mode, SealingKey key, byte[] nonce, String context)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(context.getBytes(UTF_8));
        return cipher;
    }
}
