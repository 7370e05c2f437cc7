package io.eventsync.server.webhook;

/** One header of a request; the name in lower case, unless an operator wrote it. */
public record Header(String name, String value) {}
