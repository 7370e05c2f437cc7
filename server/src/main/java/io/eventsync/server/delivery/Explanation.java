package io.eventsync.server.delivery;

import java.util.List;
import java.util.Optional;

/**
 * Where one event stands with one endpoint, and why.
 *
 * @param delivery empty if the event was never meant for the endpoint
 * @param attempts the latest of them, oldest first
 * @param blockingPosition the event that comes first, or 0
 * @param lagEvents that the endpoint has to look at before this one
 */
public record Explanation(
        Verdict verdict,
        String text,
        boolean isMatched,
        Optional<DeliveryRow> delivery,
        List<AttemptRow> attempts,
        long blockingPosition,
        long lagEvents) {

    /** The answer in one word; names as in the contract. */
    public enum Verdict {
        DELIVERED,
        DEAD_LETTER,
        CANCELED,
        NOT_MATCHED,
        BEFORE_START,
        IN_FLIGHT,
        ENDPOINT_PAUSED,
        ENDPOINT_DISABLED,
        ENDPOINT_BLOCKED,
        NO_OWNER,
        RETRY_AFTER,
        BREAKER_OPEN,
        BEHIND_EARLIER,
        RETRYING,
        RATE_LIMITED,
        WINDOW_FULL,
        NOT_REACHED
    }
}
