package io.eventsync.loadtest.history;

import java.util.Arrays;

/** The events a reader can be held to, in position order: the final log if it was read, else what was acknowledged. */
final class Truth {

    private final long[] positions;
    private final long[] ids;
    private final int[] tags;

    private Truth(long[] positions) {
        this.positions = positions;
        this.ids = new long[positions.length];
        this.tags = new int[positions.length];
    }

    /** Builds the index; a position that two different ids claim breaks UNIQUE, and the first claim stands. */
    static Truth of(EventColumns rows, Names names, String where, Violations violations) {
        Truth truth = new Truth(distinct(rows.sortedPositions()));
        boolean[] filled = new boolean[truth.positions.length];
        int hint = 0;
        for (int row = 0; row < rows.size(); row++) {
            int index = truth.indexOf(rows.position(row), hint);
            hint = index + 1;
            if (filled[index] && truth.ids[index] != rows.id(row)) {
                violations.add(
                        Property.UNIQUE,
                        where,
                        rows.position(row),
                        "two events at one position, tags " + names.tag(truth.tags[index]) + " and "
                                + names.tag(rows.tag(row)));
            } else {
                filled[index] = true;
                truth.ids[index] = rows.id(row);
                truth.tags[index] = rows.tag(row);
            }
        }
        return truth;
    }

    int size() {
        return positions.length;
    }

    long position(int index) {
        return positions[index];
    }

    long id(int index) {
        return ids[index];
    }

    int tag(int index) {
        return tags[index];
    }

    /** Where this position stands, or a negative number. The hint is where it stands if events come in order. */
    int indexOf(long position, int hint) {
        if (hint >= 0 && hint < positions.length && positions[hint] == position) {
            return hint;
        }
        return Arrays.binarySearch(positions, position);
    }

    /** The first index whose position is greater than this one. */
    int firstAfter(long position) {
        int index = Arrays.binarySearch(positions, position);
        return index >= 0 ? index + 1 : -index - 1;
    }

    private static long[] distinct(long[] sorted) {
        int kept = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[kept++] = sorted[i];
            }
        }
        return Arrays.copyOf(sorted, kept);
    }
}
