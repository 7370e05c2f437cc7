package io.eventsync.server.event;

/** Events with exactly this tag that the log keeps, and the newest of them. */
public record TagCount(String tag, long events, long lastPosition) {}
