package io.eventsync.loadtest.receiver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first 16 bytes of a SHA-256. */
record Digest(long high, long low) {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    static Digest of(byte[] bytes, int from, int to) {
        MessageDigest sha256 = sha256();
        sha256.update(bytes, from, to - from);
        return first(sha256.digest());
    }

    static Digest first(byte[] sha256) {
        return new Digest((long) LONGS.get(sha256, 0), (long) LONGS.get(sha256, 8));
    }

    static byte[] sha256(byte[] bytes) {
        return sha256().digest(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
