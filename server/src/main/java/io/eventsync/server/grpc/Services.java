package io.eventsync.server.grpc;

import io.eventsync.server.auth.Authenticator;
import io.eventsync.server.auth.Quotas;
import io.eventsync.server.config.ShownSetting;
import io.eventsync.server.consumer.Consumers;
import io.eventsync.server.delivery.AttemptWatches;
import io.eventsync.server.delivery.Deliveries;
import io.eventsync.server.delivery.DeliveryConfig;
import io.eventsync.server.endpoint.Endpoints;
import io.eventsync.server.event.EventLimits;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.metrics.Activity;
import io.eventsync.server.subscription.Poller;
import io.eventsync.server.subscription.SubscriptionConfig;
import io.eventsync.server.subscription.Subscriptions;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.Starts;
import io.eventsync.server.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** What the RPCs stand on. */
public record Services(
        EventLog log,
        Cursors cursors,
        Starts starts,
        Poller poller,
        Subscriptions subscriptions,
        SubscriptionConfig subscriptionConfig,
        EventLimits limits,
        Consumers consumers,
        Endpoints endpoints,
        Deliveries deliveries,
        AttemptWatches watches,
        DeliveryConfig deliveryConfig,
        NodeInfo node,
        Activity activity,
        List<ShownSetting> settings,
        Authenticator authenticator,
        Quotas quotas,
        MeterRegistry meters,
        Tracing tracing) {}
