package io.eventsync.loadtest.history;

/** What the writers were told: one row per answer. */
final class Acks {

    private final EventColumns rows;
    private final long[] invokedNanos;
    private final long[] returnedNanos;
    private final String[] ids;

    Acks(EventColumns rows, long[] invokedNanos, long[] returnedNanos, String[] ids) {
        this.rows = rows;
        this.invokedNanos = invokedNanos;
        this.returnedNanos = returnedNanos;
        this.ids = ids;
    }

    EventColumns rows() {
        return rows;
    }

    int size() {
        return rows.size();
    }

    long invokedNanos(int row) {
        return invokedNanos[row];
    }

    long returnedNanos(int row) {
        return returnedNanos[row];
    }

    String id(int row) {
        return ids[row];
    }
}
