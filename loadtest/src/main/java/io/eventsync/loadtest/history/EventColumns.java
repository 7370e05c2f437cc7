package io.eventsync.loadtest.history;

import java.util.Arrays;

/** Rows of (position, hash of the id, number of the tag, kind) in growing primitive columns: 21 bytes a row. */
final class EventColumns {

    private static final int ROWS_AT_FIRST = 1_024;

    private long[] positions = new long[ROWS_AT_FIRST];
    private long[] ids = new long[ROWS_AT_FIRST];
    private int[] tags = new int[ROWS_AT_FIRST];
    private byte[] kinds = new byte[ROWS_AT_FIRST];
    private int size;

    void add(long position, long id, int tag, byte kind) {
        if (size == positions.length) {
            int larger = Math.multiplyExact(size, 2);
            positions = Arrays.copyOf(positions, larger);
            ids = Arrays.copyOf(ids, larger);
            tags = Arrays.copyOf(tags, larger);
            kinds = Arrays.copyOf(kinds, larger);
        }
        positions[size] = position;
        ids[size] = id;
        tags[size] = tag;
        kinds[size] = kind;
        size++;
    }

    int size() {
        return size;
    }

    long position(int row) {
        return positions[row];
    }

    long id(int row) {
        return ids[row];
    }

    int tag(int row) {
        return tags[row];
    }

    byte kind(int row) {
        return kinds[row];
    }

    long[] sortedPositions() {
        long[] sorted = Arrays.copyOf(positions, size);
        Arrays.parallelSort(sorted);
        return sorted;
    }

    EventColumns copy() {
        EventColumns copy = new EventColumns();
        copy.positions = Arrays.copyOf(positions, Math.max(size, 1));
        copy.ids = Arrays.copyOf(ids, Math.max(size, 1));
        copy.tags = Arrays.copyOf(tags, Math.max(size, 1));
        copy.kinds = Arrays.copyOf(kinds, Math.max(size, 1));
        copy.size = size;
        return copy;
    }
}
