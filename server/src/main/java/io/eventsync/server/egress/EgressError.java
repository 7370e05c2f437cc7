package io.eventsync.server.egress;

/** What kept a call from its answer. */
public enum EgressError {
    /** The answer came; its status says how the receiver took it. */
    NONE,
    /** The name does not resolve. */
    DNS,
    /** The name has an address that this server does not call. */
    BLOCKED,
    CONNECT,
    TLS,
    /** The whole call took too long; the status is known if only the body was missing. */
    TIMEOUT,
    /** The receiver hung up; the status is known if only the body was missing. */
    CONNECTION_LOST,
    /** What came is not HTTP/1.1, or its head is too large. */
    PROTOCOL,
    /** The fault is with this server. */
    INTERNAL
}
