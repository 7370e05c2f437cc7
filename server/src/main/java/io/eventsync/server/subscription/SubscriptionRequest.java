package io.eventsync.server.subscription;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Start;
import java.time.Duration;

/** What a client asks of a stream, checked. */
public record SubscriptionRequest(
        EventFilter filter,
        Start start,
        int batchEventsMax,
        Duration linger,
        Duration heartbeatInterval,
        ExpiredPolicy onExpired,
        String clientName,
        String peer) {}
