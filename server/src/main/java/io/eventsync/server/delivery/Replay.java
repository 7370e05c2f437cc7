package io.eventsync.server.delivery;

import java.util.OptionalLong;

/**
 * A job that sends dead letters again. Times are microseconds since 1970.
 *
 * @param filter as the caller encoded it; kept for people
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Replay(
        String id,
        byte[] filter,
        double perSecond,
        State state,
        long total,
        long delivered,
        long failed,
        long dropped,
        long createdMicros,
        long updatedMicros,
        OptionalLong endedMicros) {

    /** The same names are a CHECK constraint of the table. */
    public enum State {
        RUNNING,
        DONE,
        CANCELED,
        FAILED
    }
}
