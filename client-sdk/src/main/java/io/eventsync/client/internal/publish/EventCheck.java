package io.eventsync.client.internal.publish;

import com.google.rpc.Code;
import io.eventsync.client.EventSyncException;
import io.eventsync.client.EventSyncException.FieldError;
import io.eventsync.client.EventSyncException.ServerError;
import io.eventsync.v1.Event;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules of event.proto that cost next to nothing to check; the server checks them all. */
final class EventCheck {
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){0,7}");
    private static final int TAG_LENGTH_MAX = 200;
    private static final String TAG_RULE =
            "must be 1 to 8 segments of letters, digits, '_' and '-', joined by '.', of at most 200 characters in all";

    private EventCheck() {}

    /** What the server would say of it, if it is known to refuse. */
    static Optional<EventSyncException> refusal(Event event, int payloadBytesMax) {
        if (event.getTag().isEmpty()) {
            return refused("tag", "is required");
        }
        if (event.getTag().length() > TAG_LENGTH_MAX
                || !TAG.matcher(event.getTag()).matches()) {
            return refused("tag", TAG_RULE);
        }
        if (event.getId().chars().anyMatch(Character::isISOControl)) {
            return refused("id", "has a control character");
        }
        int size =
                event.hasJson() ? event.getJsonBytes().size() : event.getData().size();
        if (size > payloadBytesMax) {
            return refused(
                    event.hasJson() ? "json" : "data",
                    "has " + size + " bytes, at most " + payloadBytesMax + " are allowed");
        }
        return Optional.empty();
    }

    private static Optional<EventSyncException> refused(String field, String why) {
        String path = "event." + field;
        return Optional.of(new EventSyncException(
                new ServerError(
                        Code.INVALID_ARGUMENT,
                        "FIELD_INVALID",
                        path + ": " + why,
                        Map.of(),
                        List.of(new FieldError(path, why)),
                        Optional.empty()),
                null));
    }
}
