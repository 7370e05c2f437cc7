package io.eventsync.server.delivery;

/**
 * An event of the server's own, below {@code $SYSTEM.ENDPOINT}.
 *
 * @param key the endpoint's name
 * @param json the payload
 */
record SystemEvent(String id, String tag, String key, String message, String json) {}
