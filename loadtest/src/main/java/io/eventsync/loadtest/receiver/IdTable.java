package io.eventsync.loadtest.receiver;

import java.util.Arrays;

/**
 * Ids with what is known of each: an open-addressing table over columns, some 60 bytes an id besides the id's own. An id has a
 * row number, given in order of arrival.
 */
final class IdTable {

    /** What {@link #row} answers for an id that has no place any more. */
    static final int NO_ROW = -1;

    static final int IDS_MAX = 1 << 24;

    private static final int ROWS_FIRST = 1 << 4;

    private final int rowsMax;
    private final ByteArena ids = new ByteArena();
    /** Row number + 1, or 0; a power of two of them, at least twice the rows. */
    private int[] slots = new int[ROWS_FIRST * 2];

    private int size;
    private long[] references = new long[ROWS_FIRST];
    private int[] hashes = new int[ROWS_FIRST];
    private long[] digestHighs = new long[ROWS_FIRST];
    private long[] digestLows = new long[ROWS_FIRST];
    private int[] received = new int[ROWS_FIRST];
    private int[] accepted = new int[ROWS_FIRST];

    IdTable(int rowsMax) {
        this.rowsMax = rowsMax;
    }

    int size() {
        return size;
    }

    /** The id's row, a new one if it has none yet. */
    int row(byte[] id) {
        int hash = hash(id);
        int slot = hash & (slots.length - 1);
        while (slots[slot] != 0) {
            int row = slots[slot] - 1;
            if (hashes[row] == hash && ids.equals(references[row], id)) {
                return row;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return size == rowsMax ? NO_ROW : add(id, hash, slot);
    }

    int received(int row) {
        return received[row];
    }

    int accepted(int row) {
        return accepted[row];
    }

    void countReceived(int row) {
        received[row]++;
    }

    void countAccepted(int row) {
        accepted[row]++;
    }

    void keepDigest(int row, Digest digest) {
        digestHighs[row] = digest.high();
        digestLows[row] = digest.low();
    }

    boolean hasDigest(int row, Digest digest) {
        return digestHighs[row] == digest.high() && digestLows[row] == digest.low();
    }

    byte[] id(int row) {
        return ids.get(references[row]);
    }

    private int add(byte[] id, int hash, int slot) {
        if (size == references.length) {
            grow();
            return add(id, hash, freeSlot(hash));
        }
        int row = size++;
        slots[slot] = row + 1;
        hashes[row] = hash;
        references[row] = ids.add(id);
        return row;
    }

    private void grow() {
        int rows = size * 2;
        references = Arrays.copyOf(references, rows);
        hashes = Arrays.copyOf(hashes, rows);
        digestHighs = Arrays.copyOf(digestHighs, rows);
        digestLows = Arrays.copyOf(digestLows, rows);
        received = Arrays.copyOf(received, rows);
        accepted = Arrays.copyOf(accepted, rows);
        slots = new int[rows * 2];
        for (int row = 0; row < size; row++) {
            slots[freeSlot(hashes[row])] = row + 1;
        }
    }

    private int freeSlot(int hash) {
        int slot = hash & (slots.length - 1);
        while (slots[slot] != 0) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private static int hash(byte[] id) {
        long hash = id.length;
        for (byte each : id) {
            hash = (hash ^ (each & 0xff)) * 0x100000001B3L;
        }
        return (int) Share.mix(hash);
    }
}
