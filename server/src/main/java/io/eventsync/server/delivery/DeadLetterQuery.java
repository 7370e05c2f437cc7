package io.eventsync.server.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which dead letters; an empty list, an empty name and a null time do not restrict. No error is one, too. */
public record DeadLetterQuery(
        String endpoint,
        List<String> tagPrefixes,
        List<String> eventIds,
        List<DeadLetterReason> reasons,
        List<Integer> statuses,
        @Nullable Instant from,
        @Nullable Instant to,
        List<Optional<AttemptError>> errors) {}
