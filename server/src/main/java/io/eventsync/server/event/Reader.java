package io.eventsync.server.event;

import io.vertx.core.Future;

/** Reads the log forward under one filter. For one caller at a time. */
public interface Reader {
    /**
     * The next matching events after a point, up to the head as this node knows it; an empty page still moves on.
     *
     * @param eventsMax at least 1
     * @param bytesMax at least 100; about where the page ends: with the event that exceeds it
     * @return fails with CURSOR_EXPIRED if retention removed events after the point
     */
    Future<Page> after(LogPoint start, int eventsMax, long bytesMax);
}
