package io.eventsync.loadtest.receiver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Byte strings one behind the other in arrays that grow, so that millions of them cost no object each, and a few cost little. */
final class ByteArena {

    static final int BYTES_MAX = 512;

    private static final int CHUNK_BITS = 18;
    private static final int CHUNK_BYTES_MAX = 1 << CHUNK_BITS;
    private static final int CHUNK_BYTES_FIRST = 1 << 10;
    private static final int LENGTH_BYTES = 2;

    private final List<byte[]> chunks = new ArrayList<>();
    private int size;
    private int used;

    /** Keeps the bytes; the result is the reference to them. */
    long add(byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(bytes.length + " bytes, more than " + BYTES_MAX);
        }
        if (used + LENGTH_BYTES + bytes.length > size) {
            size = size == 0 ? CHUNK_BYTES_FIRST : Math.min(CHUNK_BYTES_MAX, size * 2);
            chunks.add(new byte[size]);
            used = 0;
        }
        byte[] chunk = chunks.get(chunks.size() - 1);
        long reference = ((long) (chunks.size() - 1) << CHUNK_BITS) + used;
        chunk[used] = (byte) (bytes.length >>> 8);
        chunk[used + 1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, chunk, used + LENGTH_BYTES, bytes.length);
        used += LENGTH_BYTES + bytes.length;
        return reference;
    }

    boolean equals(long reference, byte[] bytes) {
        byte[] chunk = chunk(reference);
        int from = from(reference);
        return Arrays.equals(chunk, from, from + length(chunk, from), bytes, 0, bytes.length);
    }

    byte[] get(long reference) {
        byte[] chunk = chunk(reference);
        int from = from(reference);
        return Arrays.copyOfRange(chunk, from, from + length(chunk, from));
    }

    private byte[] chunk(long reference) {
        return chunks.get((int) (reference >>> CHUNK_BITS));
    }

    private static int from(long reference) {
        return (int) (reference & (CHUNK_BYTES_MAX - 1)) + LENGTH_BYTES;
    }

    private static int length(byte[] chunk, int from) {
        return (chunk[from - 2] & 0xff) << 8 | (chunk[from - 1] & 0xff);
    }
}
