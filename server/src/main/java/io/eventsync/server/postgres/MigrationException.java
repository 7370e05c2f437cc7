package io.eventsync.server.postgres;

import org.jspecify.annotations.Nullable;

/** The schema and this server do not fit; the message is for the operator and says what to do. */
public final class MigrationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, for callers that treat the cases differently. */
    public enum Reason {
        /** The database server is older than what the schema needs. */
        POSTGRES_TOO_OLD,
        /** A migration that was applied reads differently now. */
        CHANGED,
        /** The schema holds a migration this server does not know. */
        NEWER_SCHEMA,
        /** The schema lacks migrations of this server. */
        PENDING,
        /** A migration did not get a lock that it needs, as somebody's transaction has the table; it left nothing behind. */
        LOCKED,
        /** A migration stopped with an error and left nothing behind. */
        FAILED
    }

    private final Reason reason;

    MigrationException(Reason reason, String message) {
        this(reason, message, null);
    }

    MigrationException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
