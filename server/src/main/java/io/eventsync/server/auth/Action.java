package io.eventsync.server.auth;

import java.util.Locale;

/** What a principal may do on the tags of a grant. */
public enum Action {
    /** Append events. */
    INGEST,
    /** Read events, hold consumers. */
    READ,
    /** Manage endpoints and what they are sent. */
    DELIVER,
    /** All of these; on all tags, also what is the operator's. */
    ADMIN;

    /** As grants are written. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
