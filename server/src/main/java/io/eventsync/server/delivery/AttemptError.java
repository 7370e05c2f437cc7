package io.eventsync.server.delivery;

/** Why an attempt failed; names as in the contract. */
public enum AttemptError {
    DNS,
    BLOCKED,
    CONNECT,
    TLS,
    TIMEOUT,
    CONNECTION_LOST,
    PROTOCOL,
    REDIRECT,
    STATUS,
    THROTTLED,
    GONE,
    PARTIAL,
    /** The server's own fault: the receiver is not charged with it. */
    INTERNAL
}
