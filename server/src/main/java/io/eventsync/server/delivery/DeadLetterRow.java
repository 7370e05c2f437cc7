package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import java.util.Optional;

/**
 * An event that was given up. Times are microseconds since 1970.
 *
 * @param event if it was asked for
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record DeadLetterRow(
        String endpoint,
        String eventId,
        long position,
        String tag,
        DeadLetterReason reason,
        int attempts,
        Optional<AttemptError> error,
        int status,
        byte[] excerpt,
        long firstMicros,
        long atMicros,
        Optional<LogEvent> event) {}
