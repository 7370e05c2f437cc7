package io.eventsync.server.endpoint;

/** Why the server stopped an endpoint. */
public enum DisableReason {
    /** The receiver answered 410. */
    GONE,
    /** No success for days. */
    FAILING,
    /** Retention removed events the endpoint had not come to, or the database lost the history of its place. */
    CURSOR_EXPIRED,
    /** Its secrets do not open with the keys this server has. */
    SECRET_UNREADABLE
}
