package io.eventsync.server.postgres;

/** The embedded Postgres cannot run; the message is for the person at the terminal and says what to do. */
public final class EmbeddedPostgresException extends Exception {
    private static final long serialVersionUID = 1L;

    EmbeddedPostgresException(String message) {
        super(message);
    }

    EmbeddedPostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
