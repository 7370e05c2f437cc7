package io.eventsync.server.delivery;

import org.jspecify.annotations.Nullable;

/** Takes down what happens to an endpoint's deliveries, to be recorded as one unit. The last word on a delivery counts. */
interface Ledger {
    /** An attempt wants to start; it may once this is recorded. */
    void start(EndpointRun run, Attempt attempt);

    void ended(EndpointRun run, Attempt attempt, AttemptResult result);

    /** Delivered: has no row any more. */
    void settled(EndpointRun run, Delivery delivery);

    /** Gets a row, or another state in it. */
    void setAside(EndpointRun run, Delivery delivery, @Nullable AttemptResult cause);

    void dead(EndpointRun run, Delivery delivery, DeadLetterReason reason, AttemptResult cause);

    void announce(EndpointRun run, SystemEvent event);

    /** Where the endpoint stands has changed. */
    void touched(EndpointRun run);
}
