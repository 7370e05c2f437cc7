package io.eventsync.server.subscription;

import io.eventsync.server.event.EventFilter;

/** A live subscription as an operator sees it. */
public record SubscriptionInfo(
        String id,
        String clientName,
        String peer,
        EventFilter filter,
        long position,
        boolean isStalled,
        long startMillis,
        long sentEvents) {}
