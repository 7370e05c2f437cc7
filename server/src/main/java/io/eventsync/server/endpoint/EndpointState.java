package io.eventsync.server.endpoint;

/** Whether an endpoint sends; see docs/STATE_MACHINES.md. The same names are a CHECK constraint of the table. */
public enum EndpointState {
    ACTIVE,
    /** A caller stopped it. */
    PAUSED,
    /** The server stopped it. */
    DISABLED,
    /** An exhausted event holds it up. */
    BLOCKED
}
