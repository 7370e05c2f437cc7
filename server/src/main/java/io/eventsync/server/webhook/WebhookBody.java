package io.eventsync.server.webhook;

import java.util.List;

/**
 * What a request carries of its events. The same at every attempt, so it may be made once and kept.
 *
 * @param headers those that belong to the body, such as {@code ce-id}; without {@code content-type}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record WebhookBody(String contentType, List<Header> headers, byte[] bytes) {
    static final String JSON = "application/json";

    public WebhookBody {
        headers = List.copyOf(headers);
    }

    static WebhookBody json(byte[] bytes) {
        return new WebhookBody(JSON, List.of(), bytes);
    }
}
