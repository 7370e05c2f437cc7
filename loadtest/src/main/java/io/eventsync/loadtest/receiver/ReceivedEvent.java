package io.eventsync.loadtest.receiver;

/**
 * One event of a request.
 *
 * @param id the {@code webhook-id}, or in a batch the event's member {@code id}
 * @param cursor the header {@code eventsync-cursor}, or in a batch the event's member {@code cursor}; empty if absent
 * @param digest of the bytes that must stay the same whenever the event is sent
 */
record ReceivedEvent(String id, String cursor, Digest digest) {}
