package io.eventsync.client.webhook;

import io.eventsync.v1.Event;

/**
 * An event that came by webhook, or was read from the log because its webhook did not come.
 *
 * @param webhookId which event it is, over all attempts and replays: {@code webhook-id}, or for one of a batch what it would be
 * @param event as far as the endpoint's format tells. {@code position}, {@code ingest_time} and {@code producer} are set only if it was read
 *     from the log; {@code event_time} is the ingest time where the producer gave none; a payload that is not JSON comes as {@code json} with
 *     the base64 in quotes under STANDARD
 * @param cursor its place in the log, or empty: of a test event, and of what was read from the log
 * @param endpoint the endpoint's name
 * @param attempt 1, 2, 3 and so on; 0 if it was read from the log
 * @param replay what asked for it again, or empty
 * @param isHealed true if it was read from the log
 */
public record ReceivedEvent(
        String webhookId, Event event, String cursor, String endpoint, int attempt, String replay, boolean isHealed) {}
