package io.eventsync.loadtest.chaos;

/** Where the log ended when the run began: everything behind it is the run's. */
record ChaosStart(String cursor, long position) {}
