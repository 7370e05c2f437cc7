package io.eventsync.server.sync;

/** What to do when retention removed the place a reader wants to go on from. */
public enum ExpiredPolicy {
    ERROR,
    SKIP_TO_EARLIEST
}
