package io.eventsync.server.compat;

import io.eventsync.server.config.ShownSetting;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.http.MoreRoutes.Answer;
import io.eventsync.v1.Event;
import io.eventsync.v1.GetServerInfoRequest;
import io.eventsync.v1.GetServerInfoResponse;
import io.eventsync.v1.ListEventsRequest;
import io.eventsync.v1.ListEventsResponse;
import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.ListSubscriptionsResponse;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What people look at: what this is, whether it is well, the last events, the configuration. */
final class PageRoutes {
    private static final int LINES = 50;
    private static final long LOOK_MILLIS = 1_000;

    private final Pool pool;
    private final InstantSource clock;
    private final List<ShownSetting> config;
    private volatile @Nullable Looked looked;

    private record Looked(long millis, Future<Boolean> isUp) {}

    PageRoutes(Pool pool, InstantSource clock, List<ShownSetting> config) {
        this.pool = pool;
        this.clock = clock;
        this.config = config;
    }

    /** {@code GET /}. */
    Future<Answer> info(OldRequest request) {
        return request.call(
                        "AdminService/GetServerInfo",
                        GetServerInfoRequest.getDefaultInstance(),
                        GetServerInfoResponse.getDefaultInstance())
                .map(server -> Answers.json(new JsonObject()
                        .put("title", "EventSync")
                        .put("version", server.getVersion())
                        .put("description", "One durable, ordered event log: ingest, stream, poll and webhooks")
                        .put("docs", "/docs/")
                        .put("openapi", "/openapi.json")));
    }

    /** {@code GET /health}: the one route that needs no credentials. */
    Future<Answer> health(OldRequest request) {
        return look().map(isUp -> Answers.json(
                isUp ? 200 : 503,
                new JsonObject()
                        .put("status", isUp ? "healthy" : "unhealthy")
                        .put("service", "eventsync")
                        .put("database", isUp ? "connected" : "disconnected")
                        .put("timestamp", clock.instant().toString())));
    }

    /** Whether the database answers. One look a second, for anybody may ask. */
    private Future<Boolean> look() {
        Looked last = looked;
        long now = clock.millis();
        if (last != null && Math.abs(now - last.millis()) < LOOK_MILLIS) {
            return last.isUp();
        }
        Future<Boolean> isUp =
                pool.query("select 1").execute().map(rows -> true).otherwise(false);
        looked = new Looked(now, isUp);
        return isUp;
    }

    /** {@code GET /logs}: the last 50 events, the newest last. */
    Future<Answer> logs(OldRequest request) {
        return request.call(
                        "EventService/ListEvents",
                        ListEventsRequest.newBuilder().setPageSize(LINES).build(),
                        ListEventsResponse.getDefaultInstance())
                .map(answer -> {
                    List<Event> newestLast = new java.util.ArrayList<>(answer.getEventsList());
                    java.util.Collections.reverse(newestLast);
                    if (request.wantsHtml()) {
                        StringBuilder lines = new StringBuilder();
                        newestLast.forEach(event -> lines.append(line(event)).append('\n'));
                        return Answers.html(
                                Html.page("Last " + LINES + " events", "<pre>" + Html.escape(lines) + "</pre>"));
                    }
                    JsonArray lines = new JsonArray();
                    newestLast.forEach(event -> lines.add(LogRoutes.toJson(event)));
                    return Answers.json(lines, Map.of());
                });
    }

    private static String line(Event event) {
        return "[" + Times.text(event.getIngestTime()) + "] " + event.getTag() + ": " + event.getMessage();
    }

    /** {@code GET /config}: for operators; what the list of subscriptions needs, this needs. */
    Future<Answer> config(OldRequest request) {
        return request.call(
                        "AdminService/ListSubscriptions",
                        ListSubscriptionsRequest.getDefaultInstance(),
                        ListSubscriptionsResponse.getDefaultInstance())
                .map(allowed -> {
                    if (request.wantsHtml()) {
                        StringBuilder rows = new StringBuilder();
                        config.forEach(setting -> rows.append("<tr><td>")
                                .append(Html.escape(setting.key()))
                                .append("</td><td>")
                                .append(Html.escape(setting.value()))
                                .append("</td></tr>\n"));
                        return Answers.html(Html.page("Configuration", "<table>" + rows + "</table>"));
                    }
                    JsonObject json = new JsonObject();
                    config.forEach(setting -> json.put(setting.key(), setting.value()));
                    return Answers.json(json);
                });
    }

    static Failure notAllowed(String method, String allowed) {
        return Failure.of(io.eventsync.server.failure.Reason.METHOD_NOT_ALLOWED, method + " is not for this path")
                .with("allow", allowed);
    }
}
