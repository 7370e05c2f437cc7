package io.eventsync.server.delivery;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * An attempt as it is on record.
 *
 * @param batch positions of all its events; empty if it carried one
 * @param replayId the replay it was made for, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AttemptRow(
        UUID id,
        String endpoint,
        String eventId,
        long position,
        String tag,
        List<Long> batch,
        int number,
        AttemptOutcome outcome,
        Optional<AttemptError> error,
        String message,
        int status,
        long atMicros,
        OptionalLong latencyMicros,
        String target,
        String remote,
        Map<String, String> headers,
        byte[] excerpt,
        List<Long> unacknowledged,
        String replayId,
        boolean isTest,
        UUID nodeId) {}
