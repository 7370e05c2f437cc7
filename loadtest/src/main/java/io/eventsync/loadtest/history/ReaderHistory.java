package io.eventsync.loadtest.history;

/** A reader's rows, at rest. */
record ReaderHistory(String name, ReaderFilter filter, EventColumns rows) {

    long events() {
        long count = 0;
        for (int row = 0; row < rows.size(); row++) {
            count += rows.kind(row) == ReaderRecorder.EVENT ? 1 : 0;
        }
        return count;
    }
}
