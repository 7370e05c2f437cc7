package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventsync.server.event.EventContent;
import io.eventsync.server.event.EventContent.Json;
import io.eventsync.server.event.EventContent.NoPayload;
import io.eventsync.server.event.LogEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** CloudEvents 1.0 in both modes of its HTTP binding. */
final class CloudEvents {
    private static final String MEDIA_TYPE = "application/cloudevents+json";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private CloudEvents() {}

    static WebhookBody binary(LogEvent event, String source) {
        EventContent content = event.content();
        List<Header> headers = new ArrayList<>();
        attributes(event, content, source)
                .forEach((name, value) -> headers.add(new Header("ce-" + name, headerValue(value))));
        WebhookBody data = RawBody.of(content);
        return new WebhookBody(data.contentType(), headers, data.bytes());
    }

    static WebhookBody structured(LogEvent event, String source) {
        EventContent content = event.content();
        WebhookBody data = RawBody.of(content);
        byte[] bytes = JsonBytes.of(json -> json.object(object -> {
            for (Map.Entry<String, String> attribute :
                    attributes(event, content, source).entrySet()) {
                object.text(attribute.getKey(), attribute.getValue());
            }
            object.text("datacontenttype", data.contentType());
            data(content, data, object);
        }));
        return new WebhookBody(MEDIA_TYPE, List.of(), bytes);
    }

    private static Map<String, String> attributes(LogEvent event, EventContent content, String source) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("specversion", "1.0");
        attributes.put("id", event.id());
        attributes.put("source", source);
        attributes.put("type", event.tag());
        attributes.put("time", StandardBody.time(event, content).toString());
        if (!content.key().isEmpty()) {
            attributes.put("subject", content.key());
        }
        if (!content.traceparent().isEmpty()) {
            attributes.put("traceparent", content.traceparent());
        }
        return attributes;
    }

    /** JSON goes in as it is only under a JSON media type: under another, readers take the member for text. */
    private static void data(EventContent content, WebhookBody data, JsonBytes json) throws IOException {
        if (content.payload() instanceof NoPayload) {
            json.text("data", content.message());
        } else if (content.payload() instanceof Json && isJson(data.contentType())) {
            json.verbatim("data", data.bytes());
        } else {
            json.base64("data_base64", data.bytes());
        }
    }

    private static boolean isJson(String contentType) {
        int end = contentType.indexOf(';');
        String type =
                (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return type.endsWith("/json") || type.endsWith("+json");
    }

    /** HTTP binding 3.1.3.2: space, double quote, percent and all beyond printable ASCII, as UTF-8. */
    static String headerValue(String text) {
        StringBuilder value = new StringBuilder(text.length());
        for (byte b : text.getBytes(UTF_8)) {
            if (b > ' ' && b < 0x7F && b != '"' && b != '%') {
                value.append((char) b);
            } else {
                value.append('%').append(HEX[b >> 4 & 0xF]).append(HEX[b & 0xF]);
            }
        }
        return value.toString();
    }
}
