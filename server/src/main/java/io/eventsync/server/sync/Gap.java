package io.eventsync.server.sync;

/** Events that retention removed before the reader came to them. */
public record Gap(long missedEvents, long earliestPosition) {}
