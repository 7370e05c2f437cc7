package io.eventsync.server.compat;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.http.MoreRoutes.Answer;
import io.eventsync.v1.Event;
import io.eventsync.v1.ExpiredPolicy;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.GetEventResponse;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** File events: made, read by id, listed; and whether they were processed. */
final class FileEventRoutes {
    static final String TAG = "FILE";

    private static final List<String> TYPES = List.of("upload", "delete", "update");
    private static final String TYPE = "sync event";
    private static final int LIMIT = 10;
    private static final int LIMIT_MAX = 1_000;
    private static final int OFFSET_MAX = 100_000;
    private static final int PAGE = 1_000;
    /** About; a page of Sync, which is as large, may go beyond it. */
    private static final long ANSWER_BYTES_MAX = 4 << 20;

    private final Processed processed;

    FileEventRoutes(Processed processed) {
        this.processed = processed;
    }

    /** {@code POST /sync-events {file_id, event_type, metadata}}. */
    Future<Answer> create(OldRequest request) {
        JsonObject body = request.object(Set.of("file_id", "event_type", "metadata"));
        String file = OldRequest.text(body, "file_id");
        String type = OldRequest.text(body, "event_type");
        if (file.isEmpty()) {
            throw Failure.field("file_id", "is required");
        }
        if (!TYPES.contains(type)) {
            throw Failure.field("event_type", "must be one of " + String.join(", ", TYPES));
        }
        Event.Builder event = Event.newBuilder().setTag(tag(type)).setKey(file);
        Object metadata = body.getValue("metadata");
        if (metadata instanceof JsonObject object) {
            event.setJson(object.encode());
        } else if (metadata != null) {
            throw Failure.field("metadata", "must be an object");
        }
        return request.call(
                        "EventService/Ingest",
                        IngestRequest.newBuilder().setEvent(event).build(),
                        IngestResponse.getDefaultInstance())
                .map(answer -> Answers.json(new JsonObject()
                        .put("message", "Sync event created successfully")
                        .put("event_id", answer.getResult().getId())));
    }

    private static String tag(String type) {
        return TAG + "." + type.toUpperCase(Locale.ROOT);
    }

    /** {@code GET /sync-events/{id}}. */
    Future<Answer> get(OldRequest request) {
        GetEventRequest byId =
                GetEventRequest.newBuilder().setId(request.rest()).build();
        return request.call("EventService/GetEvent", byId, GetEventResponse.getDefaultInstance())
                .compose(found -> type(found.getEvent()).isEmpty()
                        ? Future.failedFuture(Failure.notFound(TYPE, request.rest()))
                        : processed
                                .times(List.of(found.getEvent().getPosition()))
                                .map(times -> Answers.json(toJson(found.getEvent(), times.get(0)))));
    }

    private static Optional<String> type(Event event) {
        return TYPES.stream().filter(type -> tag(type).equals(event.getTag())).findFirst();
    }

    private static JsonObject toJson(Event event, Optional<Instant> processed) {
        JsonObject json = new JsonObject()
                .put("event_id", event.getId())
                .put("file_id", event.getKey())
                .put("event_type", type(event).orElse(event.getTag()))
                .put("created_at", Times.text(event.getIngestTime()))
                .put("processed", processed.isPresent())
                .put("processed_at", processed.map(Instant::toString).orElse(null));
        if (event.hasJson()) {
            json.put("metadata", metadata(event.getJson()));
        }
        return json;
    }

    /** Others ingest file events too, with any JSON: what is more than this decodes is told as its text. */
    private static @Nullable Object metadata(String json) {
        try {
            return Json.decodeValue(json);
        } catch (DecodeException e) {
            return json;
        }
    }

    /** {@code GET /sync-events?limit=10&offset=0&event_type=upload&processed=false}, the oldest first. */
    Future<Answer> list(OldRequest request) {
        int limit = (int) request.number("limit", LIMIT, 1, LIMIT_MAX);
        int offset = (int) request.number("offset", 0, 0, OFFSET_MAX);
        Optional<String> type = request.text("event_type", TYPES);
        Optional<String> state = request.text("processed", List.of("true", "false", "True", "False"));
        Filter filter = Filter.newBuilder()
                .addTagPrefixes(type.map(FileEventRoutes::tag).orElse(TAG))
                .build();
        return processed.through().compose(through -> {
            boolean isDone = state.map(s -> s.equalsIgnoreCase("true")).orElse(false);
            long after = state.isPresent() && !isDone ? through : 0;
            long last = state.isPresent() && isDone ? through : Long.MAX_VALUE;
            Start start = Start.newBuilder().setAfterPosition(after).build();
            return pages(request, filter, start, last, offset, limit, new ArrayList<>())
                    .compose(events -> toJson(events, through));
        });
    }

    /** As it was when the list began: what was processed while it was read is told by the next. */
    private Future<Answer> toJson(List<Event> events, long through) {
        return processed.times(events.stream().map(Event::getPosition).toList()).map(times -> {
            JsonArray list = new JsonArray();
            for (int i = 0; i < events.size(); i++) {
                Event event = events.get(i);
                list.add(toJson(event, times.get(i).filter(t -> event.getPosition() <= through)));
            }
            return Answers.json(list, Map.of());
        });
    }

    private Future<List<Event>> pages(
            OldRequest request, Filter filter, Start start, long last, int skip, int limit, List<Event> taken) {
        SyncRequest page = SyncRequest.newBuilder()
                .setFilter(filter)
                .setStart(start)
                .setOnExpired(ExpiredPolicy.EXPIRED_POLICY_SKIP_TO_EARLIEST)
                .setMaxEvents(PAGE)
                .build();
        return request.call("EventService/Sync", page, SyncResponse.getDefaultInstance())
                .compose(answer -> {
                    int toSkip = skip;
                    boolean isBeyond = false;
                    for (Event event : answer.getEventsList()) {
                        isBeyond |= event.getPosition() > last;
                        if (type(event).isPresent() && !isBeyond && toSkip-- <= 0 && taken.size() < limit) {
                            taken.add(event);
                        }
                    }
                    boolean isFull = taken.size() == limit || bytes(taken) >= ANSWER_BYTES_MAX;
                    return answer.getUpToDate() || isBeyond || isFull
                            ? Future.succeededFuture(taken)
                            : pages(
                                    request,
                                    filter,
                                    Start.newBuilder()
                                            .setCursor(answer.getCursor())
                                            .build(),
                                    last,
                                    Math.max(0, toSkip),
                                    limit,
                                    taken);
                });
    }

    private static long bytes(List<Event> events) {
        return events.stream().mapToLong(Event::getSerializedSize).sum();
    }
}
