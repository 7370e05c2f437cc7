package io.eventsync.server.compat;

import com.google.protobuf.Message;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.grpc.Calls;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A request to an older route.
 *
 * @param rest what follows the route in the path, decoded; empty if nothing does
 * @param query parameters by name, the last value of each
 * @param body as it came
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record OldRequest(HttpServerRequest http, Calls calls, String rest, Map<String, String> query, byte[] body) {
    <R extends Message> Future<R> call(String method, Message message, R like) {
        return ContractCall.make(http, calls, method, message, like);
    }

    /** The body as a JSON object that has these fields and no others. */
    JsonObject object(Set<String> fields) {
        JsonObject object;
        try {
            object = new JsonObject(Buffer.buffer(body));
        } catch (DecodeException | ClassCastException e) {
            throw Failure.field("body", "is not a JSON object");
        }
        for (String name : object.fieldNames()) {
            if (!fields.contains(name)) {
                throw Failure.field(name.isEmpty() ? "body" : name, "is not a field of this request");
            }
        }
        return object;
    }

    /** A field that has to be there and to be a text. */
    static String text(JsonObject object, String field) {
        Object value = object.getValue(field);
        if (!(value instanceof String text)) {
            throw Failure.field(field, value == null ? "is required" : "must be a string");
        }
        return text;
    }

    /** A number in the query. */
    long number(String name, long whenAbsent, long min, long max) {
        String text = query.get(name);
        if (text == null) {
            return whenAbsent;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw Failure.field(name, "is not a whole number");
        }
        throw Failure.field(name, "must be from " + min + " to " + max);
    }

    Optional<String> text(String name, List<String> allowed) {
        Optional<String> text = Optional.ofNullable(query.get(name));
        if (text.isPresent() && !allowed.contains(text.get())) {
            throw Failure.field(name, "must be one of " + String.join(", ", allowed));
        }
        return text;
    }

    boolean wantsHtml() {
        String accept = http.getHeader("accept");
        return accept != null && accept.contains("text/html");
    }
}
