package io.eventsync.loadtest.history;

/** A reader's rows, at rest. */
record ReaderHistory(String name, ReaderFilter filter, EventColumns rows) {}
