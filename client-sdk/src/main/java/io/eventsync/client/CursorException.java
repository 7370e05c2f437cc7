package io.eventsync.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server refuses to read from this cursor: it is expired, of another log, beyond the head, or not a cursor. Trying again does not help, and
 * this client never does; somebody has to decide from where to go on.
 */
public final class CursorException extends EventSyncException {
    private static final long serialVersionUID = 1;

    /** For the layer's own use, and for tests of code that handles failures. */
    public CursorException(ServerError error, @Nullable Throwable cause) {
        super(error, cause);
    }

    /** The first cursor that can still be read from, where retention removed events ({@code REASON_CURSOR_EXPIRED}). */
    public Optional<String> earliestCursor() {
        return Optional.ofNullable(metadata().get("earliest_cursor"));
    }
}
