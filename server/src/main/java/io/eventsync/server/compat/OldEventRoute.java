package io.eventsync.server.compat;

import com.google.protobuf.ByteString;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.http.MoreRoutes.Answer;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code POST /event {event_type, event_payload}}, both texts. The type becomes a tag below EVENT, the payload is kept as it is. */
final class OldEventRoute {
    private static final Pattern NOT_IN_TAGS = Pattern.compile("[^A-Za-z0-9_-]");
    private static final int TYPE_LENGTH_MAX = 190;

    private OldEventRoute() {}

    static Future<Answer> ingest(OldRequest request) {
        JsonObject body = request.object(Set.of("event_type", "event_payload"));
        String type = OldRequest.text(body, "event_type");
        String payload = OldRequest.text(body, "event_payload");
        if (type.isBlank() || type.length() > TYPE_LENGTH_MAX) {
            throw Failure.field("event_type", "must have 1 to " + TYPE_LENGTH_MAX + " characters");
        }
        Event event = Event.newBuilder()
                .setTag("EVENT." + NOT_IN_TAGS.matcher(type).replaceAll("_"))
                .setData(ByteString.copyFromUtf8(payload))
                .setContentType("text/plain; charset=utf-8")
                .putAttributes("event_type", type)
                .build();
        return request.call(
                        "EventService/Ingest",
                        IngestRequest.newBuilder().setEvent(event).build(),
                        IngestResponse.getDefaultInstance())
                .map(answer -> Answers.json(new JsonObject().put("status", "success")));
    }
}
