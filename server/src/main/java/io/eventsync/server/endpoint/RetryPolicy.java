package io.eventsync.server.endpoint;

import io.eventsync.server.backoff.Backoff;
import java.util.Set;

/** @param noRetryStatuses HTTP status codes that give an event up at once */
public record RetryPolicy(Backoff backoff, Set<Integer> noRetryStatuses) {
    public RetryPolicy {
        noRetryStatuses = Set.copyOf(noRetryStatuses);
    }
}
