package io.eventsync.server.event;

import java.util.List;

/**
 * Matching events of a stretch of the log.
 *
 * @param events in the order of reading
 * @param end everything up to here was looked at
 */
public record Page(List<LogEvent> events, LogPoint end) {}
