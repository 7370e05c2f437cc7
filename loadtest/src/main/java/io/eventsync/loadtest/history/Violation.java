package io.eventsync.loadtest.history;

/** One broken promise: which, seen where (a reader's name, `writers` or `log`), at which position, and what happened. */
public record Violation(Property property, String where, long position, String detail) {

    @Override
    public String toString() {
        return property + " " + where + " at " + position + ": " + detail;
    }
}
