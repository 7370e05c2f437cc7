package io.eventsync.server.webhook;

import io.eventsync.server.event.EventContent;
import io.eventsync.server.event.EventContent.Json;
import io.eventsync.server.event.EventContent.NoPayload;
import io.eventsync.server.event.EventContent.Payload;
import io.eventsync.server.event.LogEvent;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The body of Standard Webhooks, for one event and for many. */
final class StandardBody {
    private StandardBody() {}

    static WebhookBody of(LogEvent event) {
        return WebhookBody.json(JsonBytes.of(json -> json.object(object -> members(event, object))));
    }

    static WebhookBody of(List<LogEvent> events, Function<LogEvent, String> cursorOf) {
        return WebhookBody.json(JsonBytes.of(json -> json.object(whole -> whole.array("events", items -> {
            for (LogEvent event : events) {
                items.object(object -> {
                    object.text("id", event.id());
                    object.text("cursor", cursorOf.apply(event));
                    members(event, object);
                });
            }
        }))));
    }

    /** When it happened, as far as anyone knows. */
    static Instant time(LogEvent event, EventContent content) {
        return content.eventTime().orElseGet(() -> Instant.EPOCH.plus(event.ingestMicros(), ChronoUnit.MICROS));
    }

    private static void members(LogEvent event, JsonBytes json) throws IOException {
        EventContent content = event.content();
        json.text("type", event.tag());
        json.text("timestamp", time(event, content).toString());
        json.textUnlessEmpty("key", content.key());
        json.textUnlessEmpty("message", content.message());
        if (!content.attributes().isEmpty()) {
            json.name("attributes");
            json.object(object -> {
                for (Map.Entry<String, String> attribute : content.attributes().entrySet()) {
                    object.text(attribute.getKey(), attribute.getValue());
                }
            });
        }
        data(content.payload(), json);
    }

    private static void data(Payload payload, JsonBytes json) throws IOException {
        if (payload instanceof NoPayload) {
            json.absent("data");
        } else if (payload instanceof Json) {
            json.verbatim("data", payload.bytes());
        } else {
            json.base64("data", payload.bytes());
        }
    }
}
