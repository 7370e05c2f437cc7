package io.eventsync.client.webhook;

import java.util.Map;

/**
 * What to answer the server.
 *
 * @param status of HTTP
 * @param headers to set
 * @param body may be empty
 */
public record WebhookAnswer(int status, Map<String, String> headers, String body) {
    private static final Map<String, String> TEXT = Map.of("content-type", "text/plain; charset=utf-8");
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");

    public WebhookAnswer {
        headers = Map.copyOf(headers);
    }

    static WebhookAnswer taken() {
        return new WebhookAnswer(204, Map.of(), "");
    }

    static WebhookAnswer json(String body) {
        return new WebhookAnswer(200, JSON, body);
    }

    static WebhookAnswer refused(int status, String why) {
        return new WebhookAnswer(status, TEXT, why + "\n");
    }
}
