package io.eventsync.loadtest.receiver;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a body {@code {"events":[{"id":...,"cursor":...},...]}}. Anything that is not exactly of this form, with an id in each
 * event, is no batch: a payload sent as it is may look like nearly anything.
 */
final class BatchBody {

    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] FIRST_MEMBER = {'"', 'e', 'v', 'e', 'n', 't', 's', '"'};

    private BatchBody() {}

    /** The events of the batch; empty if the body is not one. */
    static List<ReceivedEvent> events(byte[] body) {
        if (!startsLikeBatch(body)) {
            return List.of();
        }
        try (JsonParser parser = JSON.createParser(body)) {
            return read(parser, body);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Spares other bodies the parsing. */
    private static boolean startsLikeBatch(byte[] body) {
        int at = afterSpace(body, 0);
        if (at >= body.length || body[at] != '{') {
            return false;
        }
        at = afterSpace(body, at + 1);
        return at + FIRST_MEMBER.length <= body.length
                && Arrays.equals(body, at, at + FIRST_MEMBER.length, FIRST_MEMBER, 0, FIRST_MEMBER.length);
    }

    private static int afterSpace(byte[] body, int from) {
        int at = from;
        while (at < body.length && body[at] <= ' ' && body[at] > 0) {
            at++;
        }
        return at;
    }

    private static List<ReceivedEvent> read(JsonParser parser, byte[] body) throws IOException {
        List<ReceivedEvent> events = new ArrayList<>();
        if (parser.nextToken() != JsonToken.START_OBJECT
                || parser.nextToken() != JsonToken.FIELD_NAME
                || parser.nextToken() != JsonToken.START_ARRAY) {
            return List.of();
        }
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            ReceivedEvent event = readEvent(parser, body);
            if (event.id().isEmpty()) {
                return List.of();
            }
            events.add(event);
        }
        return parser.currentToken() == JsonToken.END_ARRAY && parser.nextToken() == JsonToken.END_OBJECT
                ? events
                : List.of();
    }

    private static ReceivedEvent readEvent(JsonParser parser, byte[] body) throws IOException {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        String id = "";
        String cursor = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.VALUE_STRING && name.equals("id")) {
                id = parser.getText();
            } else if (value == JsonToken.VALUE_STRING && name.equals("cursor")) {
                cursor = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
        int to = (int) parser.currentLocation().getByteOffset();
        return new ReceivedEvent(id, cursor, Digest.of(body, from, to));
    }
}
