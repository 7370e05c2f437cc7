package io.eventsync.server.secret;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A key of AES-256 and the id that sealed secrets name it by. */
final class SealingKey {
    static final int BYTES = 32;

    private final int id;
    private final SecretKey key;

    private SealingKey(int id, SecretKey key) {
        this.id = id;
        this.key = key;
    }

    static SealingKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a sealing key has " + BYTES + " bytes, not " + bytes.length);
        }
        try {
            // A part of a hash tells nothing about a random key.
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new SealingKey(ByteBuffer.wrap(hash).getInt(), new SecretKeySpec(bytes, "AES"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Empty for text that is not base64 of 32 bytes. */
    static Optional<SealingKey> parse(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return bytes.length == BYTES ? Optional.of(of(bytes)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    int id() {
        return id;
    }

    SecretKey key() {
        return key;
    }

    static String idText(int id) {
        return HexFormat.of().toHexDigits(id);
    }

    @Override
    public String toString() {
        return "SealingKey[" + idText(id) + "]";
    }
}
