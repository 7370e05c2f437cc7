package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventsync.server.event.EventContent;
import io.eventsync.server.event.EventContent.Json;
import io.eventsync.server.event.EventContent.NoPayload;
import java.util.List;

/** The payload with its media type; without one, the message. */
final class RawBody {
    static final String TEXT = "text/plain; charset=utf-8";
    private static final String BYTES = "application/octet-stream";

    private RawBody() {}

    static WebhookBody of(EventContent content) {
        if (content.payload() instanceof NoPayload) {
            return new WebhookBody(TEXT, List.of(), content.message().getBytes(UTF_8));
        }
        return new WebhookBody(
                contentType(content), List.of(), content.payload().bytes());
    }

    /** What the producer said, if it can be said in a header. */
    private static String contentType(EventContent content) {
        String given = content.contentType();
        if (!given.isEmpty() && HeaderRules.isAsciiValue(given)) {
            return given;
        }
        return content.payload() instanceof Json ? WebhookBody.JSON : BYTES;
    }
}
