package io.eventsync.server.webhook;

import io.eventsync.server.event.EventContent;
import io.eventsync.server.event.LogEvent;
import java.util.List;
import java.util.function.Function;

/** Makes the body of a request out of events: always the same bytes out of the same event. */
public final class Renderer {
    private Renderer() {}

    /**
     * @param source of a CloudEvent, {@code urn:eventsync:<log id>}; other formats do not say it
     */
    public static WebhookBody render(LogEvent event, WebhookFormat format, String source) {
        return switch (format) {
            case STANDARD -> StandardBody.of(event);
            case RAW -> RawBody.of(event.content());
            case CLOUDEVENTS_BINARY -> CloudEvents.binary(event, source);
            case CLOUDEVENTS_STRUCTURED -> CloudEvents.structured(event, source);
            case LEGACY -> legacy(event);
        };
    }

    /** Several events in one request, each with its id and cursor, in the order given. */
    public static WebhookBody renderBatch(List<LogEvent> events, Function<LogEvent, String> cursorOf) {
        return StandardBody.of(events, cursorOf);
    }

    private static WebhookBody legacy(LogEvent event) {
        EventContent content = event.content();
        String tag = event.tag();
        int dot = tag.indexOf('.');
        return WebhookBody.json(JsonBytes.of(json -> json.object(object -> {
            object.text("category", dot < 0 ? tag : tag.substring(0, dot));
            object.text("code", dot < 0 ? "" : tag.substring(dot + 1));
            object.text("message", content.message());
        })));
    }
}
