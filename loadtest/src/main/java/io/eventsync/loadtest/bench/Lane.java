package io.eventsync.loadtest.bench;

import io.vertx.core.Future;

/** One way to put load on one connection. Used from one event loop. */
interface Lane {

    /** Connects. */
    Future<Void> open();

    /** Sends one unit; answers how many events were acknowledged. */
    Future<Integer> send();

    Future<Void> close();
}
