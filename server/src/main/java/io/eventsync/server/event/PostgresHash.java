package io.eventsync.server.event;

import java.nio.charset.StandardCharsets;

/**
 * The hash by which the key index finds an id: Postgres' {@code hashtextextended(id, 0)}, which is the lookup3 of Bob Jenkins. Whoever relies
 * on it asks the database first whether it agrees.
 */
final class PostgresHash {
    private static final int START = 0x9e3779b9 + 3923095;
    private static final int ROUND_BYTES = 12;

    private PostgresHash() {}

    static long of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int a = START + bytes.length;
        int b = a;
        int c = a;
        int at = 0;
        while (bytes.length - at >= ROUND_BYTES) {
            a += word(bytes, at, 4);
            b += word(bytes, at + 4, 4);
            c += word(bytes, at + 8, 4);
            at += ROUND_BYTES;

            a = (a - c) ^ Integer.rotateLeft(c, 4);
            c += b;
            b = (b - a) ^ Integer.rotateLeft(a, 6);
            a += c;
            c = (c - b) ^ Integer.rotateLeft(b, 8);
            b += a;
            a = (a - c) ^ Integer.rotateLeft(c, 16);
            c += b;
            b = (b - a) ^ Integer.rotateLeft(a, 19);
            a += c;
            c = (c - b) ^ Integer.rotateLeft(b, 4);
            b += a;
        }
        int rest = bytes.length - at;
        a += word(bytes, at, Math.min(4, rest));
        b += word(bytes, at + 4, Math.min(4, rest - 4));
        // The lowest byte stands for the length.
        c += word(bytes, at + 8, rest - 8) << 8;

        c = (c ^ b) - Integer.rotateLeft(b, 14);
        a = (a ^ c) - Integer.rotateLeft(c, 11);
        b = (b ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        c = (c ^ b) - Integer.rotateLeft(b, 24);
        return ((long) b << 32) | (c & 0xffffffffL);
    }

    /** Up to four bytes, the first one lowest; 0 of none. */
    private static int word(byte[] bytes, int at, int length) {
        int word = 0;
        for (int i = 0; i < length; i++) {
            word |= (bytes[at + i] & 0xff) << (8 * i);
        }
        return word;
    }
}
