package io.eventsync.server.endpoint;

import io.eventsync.server.event.LogPoint;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * An endpoint as it is on record.
 *
 * @param version changes with every change of a setting
 */
public record Endpoint(
        long id,
        String name,
        EndpointSettings settings,
        long version,
        long createdMicros,
        long updatedMicros,
        Status status) {

    /**
     * How it does; a moment old. Times are microseconds since 1970.
     *
     * @param point the low-water mark
     * @param beginPosition where it began, or was moved to
     */
    public record Status(
            EndpointState state,
            Optional<DisableReason> disableReason,
            long stateMicros,
            LogPoint point,
            long beginPosition,
            long blockedPosition,
            int inFlight,
            int retrying,
            long deadLetters,
            OptionalLong nextAttemptMicros,
            OptionalLong pausedUntilMicros,
            String breaker,
            int failuresInRow,
            OptionalLong probeMicros,
            int inFlightLimit,
            OptionalLong lastSuccessMicros,
            OptionalLong lastFailureMicros,
            Optional<UUID> owner) {}
}
