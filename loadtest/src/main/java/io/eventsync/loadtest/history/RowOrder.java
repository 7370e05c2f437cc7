package io.eventsync.loadtest.history;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/** Sorts rows of columns without moving them. */
final class RowOrder {

    private RowOrder() {}

    /** The row numbers 0 to size-1 in the order of their keys, equal ones by number. */
    static int[] by(int size, IntToLongFunction key) {
        long[] keys = new long[size];
        Integer[] order = new Integer[size];
        for (int row = 0; row < size; row++) {
            keys[row] = key.applyAsLong(row);
            order[row] = row;
        }
        Arrays.parallelSort(order, (a, b) -> Long.compare(keys[a], keys[b]));
        int[] rows = new int[size];
        for (int i = 0; i < size; i++) {
            rows[i] = order[i];
        }
        return rows;
    }
}
