package io.eventsync.server.consumer;

import io.eventsync.server.event.LogPoint;

/**
 * A named durable cursor.
 *
 * @param filter as the caller encoded it; kept for people
 * @param version changes with every change
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record Consumer(
        String name, byte[] filter, LogPoint point, long version, long createdMicros, long movedMicros) {}
