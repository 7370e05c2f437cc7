package io.eventsync.server.event;

import io.vertx.core.Future;

/** Reads the log forward under one filter. For one caller at a time. */
public interface Reader {
    /**
     * The next matching events after a point, up to the head as this node knows it; an empty page still moves on.
     *
     * @param eventsMax at least 1
     * @param bytesMax at least 100; about where the page ends: with the event that exceeds it
     * @return fails with CURSOR_EXPIRED if retention removed events after the point, with CURSOR_FOREIGN if it is one of a history that
     *     the database has lost, with STORE_UNAVAILABLE if the database has lost what this node has seen
     */
    Future<Page> after(LogPoint start, int eventsMax, long bytesMax);
}
