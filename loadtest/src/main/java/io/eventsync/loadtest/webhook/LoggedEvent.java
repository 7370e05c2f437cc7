package io.eventsync.loadtest.webhook;

/**
 * An event as the log has it.
 *
 * @param ingestMicros when it was taken in, since 1970
 */
record LoggedEvent(long position, String id, String tag, String key, long ingestMicros) {}
