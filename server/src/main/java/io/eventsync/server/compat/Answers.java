package io.eventsync.server.compat;

import io.eventsync.server.http.MoreRoutes.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** What older routes answer. */
final class Answers {
    private static final String JSON = "application/json";

    private Answers() {}

    static Answer json(JsonObject object) {
        return json(200, object);
    }

    static Answer json(int status, JsonObject object) {
        return new Answer(status, JSON, Map.of(), object.encode() + "\n");
    }

    static Answer json(JsonArray array, Map<String, String> headers) {
        return new Answer(200, JSON, headers, array.encode() + "\n");
    }

    static Answer html(String page) {
        return new Answer(200, "text/html; charset=utf-8", Map.of(), page);
    }
}
