package io.eventsync.server.delivery;

/** How an attempt stands. The same names are a CHECK constraint of the table. */
public enum AttemptOutcome {
    STARTED,
    SUCCEEDED,
    FAILED,
    /** Nobody saw its end: the receiver may have got it. */
    UNKNOWN
}
