package io.eventsync.loadtest.propagate;

/**
 * One entry of an events file.
 *
 * @param type `event_type`, not empty
 * @param payload `event_payload`; where the file has a JSON value in its place, the text of that value
 */
record PropagatedEvent(String type, String payload) {}
