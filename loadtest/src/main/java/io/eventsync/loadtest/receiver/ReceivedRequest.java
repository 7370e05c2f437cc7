package io.eventsync.loadtest.receiver;

import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;

/**
 * A request and its answer.
 *
 * @param status the status code it was answered, 0 for none
 * @param headers of the request; not to be changed
 */
public record ReceivedRequest(long timeMicros, int status, MultiMap headers) {

    JsonObject toJson() {
        JsonObject fields = new JsonObject();
        headers.forEach((name, value) -> fields.put(name, value));
        return new JsonObject()
                .put("timeMicros", timeMicros)
                .put("status", status)
                .put("headers", fields);
    }
}
