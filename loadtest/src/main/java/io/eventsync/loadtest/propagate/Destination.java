package io.eventsync.loadtest.propagate;

import io.vertx.core.Future;

/** Where events are sent. Fails with a reason for people if the event was not accepted. */
interface Destination {

    Future<Void> send(PropagatedEvent event, long number);
}
