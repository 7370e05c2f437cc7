package io.eventsync.server.delivery;

import io.vertx.core.Future;

/** Makes the requests of one endpoint. */
interface Sender {
    /** Sends the events of an attempt that is on record. Never fails: what went wrong is a result too. */
    Future<AttemptResult> send(Attempt attempt);
}
