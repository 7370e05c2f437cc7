package io.eventsync.server.endpoint;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.sync.ExpiredPolicy;
import java.util.Optional;

/**
 * What a caller chose for an endpoint.
 *
 * @param maxInFlight 0 for the server's limit
 */
public record EndpointSettings(
        String description,
        Destination destination,
        EventFilter filter,
        Ordering ordering,
        ExhaustedPolicy onExhausted,
        RetryPolicy retryPolicy,
        Optional<RateLimit> rateLimit,
        int maxInFlight,
        ExpiredPolicy onExpired) {

    /** In which order an endpoint gets its events. */
    public enum Ordering {
        PARALLEL,
        ORDERED,
        ORDERED_BY_KEY
    }

    /** What happens to an event that the retry policy gave up. */
    public enum ExhaustedPolicy {
        PARK_AND_CONTINUE,
        BLOCK
    }

    /** The same for these events. */
    public EndpointSettings with(EventFilter events) {
        return new EndpointSettings(
                description,
                destination,
                events,
                ordering,
                onExhausted,
                retryPolicy,
                rateLimit,
                maxInFlight,
                onExpired);
    }

    /** A token bucket. */
    public record RateLimit(double perSecond, int burst) {}

    /** How many events may go in one request. */
    public int batchEventsMax() {
        return destination instanceof WebhookDestination w
                ? w.batch().map(WebhookDestination.Batch::eventsMax).orElse(1)
                : 1;
    }
}
