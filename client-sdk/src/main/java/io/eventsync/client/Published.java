package io.eventsync.client;

/**
 * An event that is on disk.
 *
 * @param id its id: the given one, or the one this client made
 * @param position its place in the log: 1, 2, 3 and so on
 * @param cursor a point of the log at or after the event: the one right after the append it came with. Not a place to resume reading from, as
 *     others' events may lie before it
 * @param deduplicated true if the log had the event already, be it by an earlier try of this client whose answer was lost; {@code position} is
 *     then the first one
 */
public record Published(String id, long position, String cursor, boolean deduplicated) {}
