package io.eventsync.server.delivery;

/** Why an event was given up. The same names are a CHECK constraint of the table. */
public enum DeadLetterReason {
    EXHAUSTED,
    REFUSED,
    NOT_RENDERABLE
}
