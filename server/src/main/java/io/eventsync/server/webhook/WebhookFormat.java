package io.eventsync.server.webhook;

/** What a webhook request looks like. */
public enum WebhookFormat {
    /** {@code {"type","timestamp","data"}} of Standard Webhooks 1.0.0. */
    STANDARD,
    /** The payload as ingested. */
    RAW,
    /** CloudEvents 1.0, attributes as headers. */
    CLOUDEVENTS_BINARY,
    /** CloudEvents 1.0, all in one JSON object. */
    CLOUDEVENTS_STRUCTURED,
    /** {@code {"category","code","message"}}, for older receivers. */
    LEGACY
}
