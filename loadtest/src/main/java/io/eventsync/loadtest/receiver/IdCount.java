package io.eventsync.loadtest.receiver;

/** How often an id was accepted, and how often it was received. */
public record IdCount(String id, int accepted, int received) {}
