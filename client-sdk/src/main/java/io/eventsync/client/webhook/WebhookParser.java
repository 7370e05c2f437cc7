package io.eventsync.client.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.eventsync.client.webhook.WebhookException.Problem;
import io.eventsync.v1.Event;
import io.eventsync.v1.WebhookFormat;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** From requests to events, by the formats of docs/WEBHOOKS.md. Batches and CloudEvents are told by their looks, the others have to be named. */
final class WebhookParser {
    private final WebhookFormat format;

    WebhookParser(WebhookFormat format) {
        this.format = format;
    }

    List<ReceivedEvent> parse(WebhookRequest request) {
        if (WebhookIds.isBatch(request.webhookId())) {
            return batch(request);
        }
        Event.Builder event = Event.newBuilder()
                .setId(WebhookIds.eventId(request.webhookId()))
                .setTraceparent(request.header("traceparent"));
        fill(event, request);
        return List.of(received(request, request.webhookId(), event, request.header("eventsync-cursor")));
    }

    private void fill(Event.Builder event, WebhookRequest request) {
        if (isCloudEventsJson(request)) {
            cloudEvent(event, JsonMembers.of(request.body()));
            return;
        }
        if (!request.header("ce-specversion").isEmpty()) {
            cloudEvent(event, request);
            return;
        }
        switch (format) {
            case WEBHOOK_FORMAT_RAW -> payload(event, request);
            case WEBHOOK_FORMAT_LEGACY -> legacy(event, JsonMembers.of(request.body()));
            case WEBHOOK_FORMAT_CLOUDEVENTS_BINARY, WEBHOOK_FORMAT_CLOUDEVENTS_STRUCTURED ->
                throw new WebhookException(Problem.BODY, "the body cannot be read: it is not a CloudEvent");
            default -> standard(event, JsonMembers.of(request.body()));
        }
    }

    private static List<ReceivedEvent> batch(WebhookRequest request) {
        List<JsonMembers> entries = JsonMembers.of(request.body()).objects("events");
        if (entries == null) {
            throw new WebhookException(Problem.BODY, "the body cannot be read: a batch has events");
        }
        List<ReceivedEvent> events = new ArrayList<>();
        for (JsonMembers entry : entries) {
            Event.Builder event = Event.newBuilder().setId(entry.text("id"));
            standard(event, entry);
            events.add(received(request, WebhookIds.of(event.getId()), event, entry.text("cursor")));
        }
        return events;
    }

    private static ReceivedEvent received(
            WebhookRequest request, String webhookId, Event.Builder event, String cursor) {
        return new ReceivedEvent(
                webhookId,
                event.build(),
                cursor,
                request.endpoint(),
                request.attempt(),
                request.header("eventsync-replay"),
                false);
    }

    private static void standard(Event.Builder event, JsonMembers body) {
        event.setTag(body.text("type"))
                .setKey(body.text("key"))
                .setMessage(body.text("message"))
                .putAllAttributes(body.texts("attributes"));
        time(event, body.text("timestamp"));
        json(event, body.verbatim("data"));
    }

    private static void legacy(Event.Builder event, JsonMembers body) {
        String category = body.text("category");
        String code = body.text("code");
        event.setTag(code.isEmpty() ? category : category + "." + code).setMessage(body.text("message"));
    }

    private static void cloudEvent(Event.Builder event, JsonMembers body) {
        event.setId(body.text("id")).setTag(body.text("type")).setKey(body.text("subject"));
        time(event, body.text("time"));
        event.setContentType(body.text("datacontenttype"));
        String binary = body.text("data_base64");
        if (binary.isEmpty()) {
            json(event, body.verbatim("data"));
        } else {
            event.setData(ByteString.copyFrom(base64(binary)));
        }
    }

    private static void cloudEvent(Event.Builder event, WebhookRequest request) {
        event.setId(decoded(request.header("ce-id")))
                .setTag(decoded(request.header("ce-type")))
                .setKey(decoded(request.header("ce-subject")));
        time(event, decoded(request.header("ce-time")));
        payload(event, request);
    }

    private static void payload(Event.Builder event, WebhookRequest request) {
        String type = request.header("content-type");
        event.setContentType(type);
        String json = isJson(type) ? utf8(request.body()) : null;
        if (json == null) {
            event.setData(ByteString.copyFrom(request.body()));
        } else {
            event.setJson(json);
        }
    }

    private static void json(Event.Builder event, @Nullable String text) {
        if (text != null) {
            event.setJson(text);
        }
    }

    private static void time(Event.Builder event, String text) {
        if (text.isEmpty()) {
            return;
        }
        try {
            Instant time = Instant.parse(text);
            event.setEventTime(
                    Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()));
        } catch (DateTimeParseException e) {
            throw new WebhookException(Problem.BODY, "the body cannot be read: " + text + " is not a time");
        }
    }

    private static boolean isCloudEventsJson(WebhookRequest request) {
        return mediaType(request.header("content-type")).equals("application/cloudevents+json");
    }

    private static boolean isJson(String contentType) {
        String type = mediaType(contentType);
        return type.endsWith("/json") || type.endsWith("+json");
    }

    private static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** A value of a {@code ce-} header is percent-encoded; a plus is a plus. */
    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new WebhookException(Problem.BODY, "a ce- header is not percent-encoded");
        }
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new WebhookException(Problem.BODY, "the body cannot be read: data_base64 is not base64");
        }
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
