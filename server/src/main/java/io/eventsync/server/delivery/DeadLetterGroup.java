package io.eventsync.server.delivery;

import java.util.Optional;

/** Dead letters of one endpoint with one cause: how many, and when the first and the last of them were given up. */
public record DeadLetterGroup(
        String endpoint,
        DeadLetterReason reason,
        Optional<AttemptError> error,
        int status,
        long events,
        long firstMicros,
        long lastMicros) {}
