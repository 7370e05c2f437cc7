package io.eventsync.server.event;

/**
 * What became of one event.
 *
 * @param deduplicated whether the log had it already; position and time are then those of the first ingest
 */
public record Appended(String id, long position, long ingestMicros, boolean deduplicated) {
    /** The place right after it. */
    public LogPoint point() {
        return LogPoint.after(position, id, ingestMicros);
    }
}
