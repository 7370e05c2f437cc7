package io.eventsync.server.compat;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.http.MoreRoutes.Answer;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Logs with a category and a code, read from a number on. */
final class LogRoutes {
    private static final int PAGE_MAX = 1_000;

    private LogRoutes() {}

    /** {@code POST /internal/log {category, code, message}}. */
    static Future<Answer> ingest(OldRequest request) {
        JsonObject body = request.object(Set.of("category", "code", "message"));
        String tag = segment(body, "category") + "." + segment(body, "code");
        Event event = Event.newBuilder()
                .setTag(tag)
                .setMessage(OldRequest.text(body, "message"))
                .build();
        return request.call(
                        "EventService/Ingest",
                        IngestRequest.newBuilder().setEvent(event).build(),
                        IngestResponse.getDefaultInstance())
                .map(answer -> Answers.json(
                        201,
                        new JsonObject()
                                .put("status", "success")
                                .put("id", answer.getResult().getPosition())
                                .put("tag", tag)
                                .put("cursor", answer.getCursor())));
    }

    private static String segment(JsonObject body, String field) {
        String text = OldRequest.text(body, field);
        if (text.isEmpty()) {
            throw Failure.field(field, "is required");
        }
        return text;
    }

    /**
     * {@code GET /api/logs?since=100&limit=1000}: all with a greater id, in order, by pages. The headers say whether more follow, and where.
     */
    static Future<Answer> list(OldRequest request) {
        long since = request.number("since", 0, 0, Long.MAX_VALUE);
        int limit = (int) request.number("limit", PAGE_MAX, 1, PAGE_MAX);
        SyncRequest page = SyncRequest.newBuilder()
                .setStart(Start.newBuilder().setAfterPosition(since))
                .setMaxEvents(limit)
                .build();
        return request.call("EventService/Sync", page, SyncResponse.getDefaultInstance())
                .map(answer -> {
                    JsonArray logs = new JsonArray();
                    answer.getEventsList().forEach(event -> logs.add(toJson(event)));
                    return Answers.json(logs, headers(answer, limit));
                });
    }

    static Map<String, String> headers(SyncResponse answer, int limit) {
        Map<String, String> headers = new HashMap<>();
        boolean hasMore = !answer.getUpToDate();
        headers.put("eventsync-cursor", answer.getCursor());
        headers.put("eventsync-has-more", Boolean.toString(hasMore));
        if (hasMore) {
            // Where the page ends, which may be without any log that the caller may see.
            long end = answer.getHeadPosition() - answer.getLagEvents();
            headers.put("link", "</api/logs?since=" + end + "&limit=" + limit + ">; rel=\"next\"");
        }
        return headers;
    }

    static JsonObject toJson(Event event) {
        int dot = event.getTag().indexOf('.');
        return new JsonObject()
                .put("id", event.getPosition())
                .put("category", dot < 0 ? event.getTag() : event.getTag().substring(0, dot))
                .put("code", dot < 0 ? "" : event.getTag().substring(dot + 1))
                .put("tag", event.getTag())
                .put("message", event.getMessage())
                .put("timestamp", Times.text(event.getIngestTime()));
    }
}
