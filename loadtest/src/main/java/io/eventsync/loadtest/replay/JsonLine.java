package io.eventsync.loadtest.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.eventsync.v1.Event;
import java.io.IOException;
import java.util.Base64;

/**
 * Reads one line `{"id":…,"tag":…,"key":…,"message":…,"content_type":…,"attributes":{…},"payload":…}`. The payload keeps the
 * bytes it has in the line; `json` (a JSON text as a string) and `data` (base64), as `subscribe` writes them, are taken too.
 */
final class JsonLine {

    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonLine() {}

    /** Fails with a message for people if the line is not such an object. */
    static Event parse(byte[] line) throws IOException {
        Event.Builder event = Event.newBuilder();
        try (JsonParser in = FACTORY.createParser(line)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                member(in, line, event);
            }
            if (in.nextToken() != null) {
                throw new IOException("more than one JSON value on the line");
            }
        }
        if (event.getTag().isEmpty()) {
            throw new IOException("no tag");
        }
        return event.build();
    }

    private static void member(JsonParser in, byte[] line, Event.Builder event) throws IOException {
        String name = in.currentName();
        in.nextToken();
        switch (name) {
            case "id" -> event.setId(text(in, name));
            case "tag" -> event.setTag(text(in, name));
            case "key" -> event.setKey(text(in, name));
            case "message" -> event.setMessage(text(in, name));
            case "content_type" -> event.setContentType(text(in, name));
            case "attributes" -> attributes(in, event);
            case "payload" -> event.setJsonBytes(slice(in, line));
            case "json" -> event.setJson(text(in, name));
            case "data" -> event.setData(ByteString.copyFrom(Base64.getDecoder().decode(text(in, name))));
            case "position" -> {
                // The place in the log it was read from; the log it goes to gives its own.
                in.skipChildren();
            }
            default -> {
                throw new IOException("unknown member '" + name
                        + "'; known: id, tag, key, message, content_type, attributes, payload, json, data");
            }
        }
    }

    /** The bytes of the current value as they stand in the line. */
    private static ByteString slice(JsonParser in, byte[] line) throws IOException {
        int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        // Strings are read lazily; this moves the location behind the closing quote.
        in.finishToken();
        int to = (int) in.currentLocation().getByteOffset();
        if (in.currentToken().isNumeric()) {
            to = from + in.getTextLength();
        }
        return ByteString.copyFrom(line, from, to - from);
    }

    private static void attributes(JsonParser in, Event.Builder event) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("attributes is not an object");
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String key = in.currentName();
            in.nextToken();
            event.putAttributes(key, text(in, "attributes." + key));
        }
    }

    private static String text(JsonParser in, String name) throws IOException {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw new IOException(name + " is not a string");
        }
        return in.getText();
    }
}
