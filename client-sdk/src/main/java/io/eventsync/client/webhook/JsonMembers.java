package io.eventsync.client.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.eventsync.client.webhook.WebhookException.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of a JSON object as the text they were written in: nothing is reformatted. */
final class JsonMembers {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    // What bounds the body bounds these, as at the server; names and numbers are as long as a producer
                    // made them.
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Map<String, byte[]> members;

    private JsonMembers(Map<String, byte[]> members) {
        this.members = members;
    }

    static JsonMembers of(byte[] text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw unreadable("it is not a JSON object");
            }
            Map<String, byte[]> members = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser, text));
            }
            if (parser.nextToken() != null) {
                throw unreadable("there is something behind it");
            }
            return new JsonMembers(members);
        } catch (IOException e) {
            throw unreadable("it is not JSON");
        }
    }

    /** The entries of an array, each an object; null if there is no such member. */
    @Nullable
    List<JsonMembers> objects(String name) {
        byte[] array = members.get(name);
        if (array == null) {
            return null;
        }
        try (JsonParser parser = JSON.createParser(array)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw unreadable(name + " is not an array");
            }
            List<JsonMembers> entries = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                entries.add(of(value(parser, array)));
            }
            return entries;
        } catch (IOException e) {
            throw unreadable("it is not JSON");
        }
    }

    /** A string; empty if there is none. */
    String text(String name) {
        byte[] text = members.get(name);
        if (text == null) {
            return "";
        }
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw unreadable(name + " is not a string");
            }
            return parser.getText();
        } catch (IOException e) {
            throw unreadable("it is not JSON");
        }
    }

    /** The names and texts of an object of strings. */
    Map<String, String> texts(String name) {
        byte[] object = members.get(name);
        if (object == null) {
            return Map.of();
        }
        JsonMembers inner = of(object);
        Map<String, String> texts = new LinkedHashMap<>();
        inner.members.keySet().forEach(key -> texts.put(key, inner.text(key)));
        return texts;
    }

    /** As it was written; null if there is none, or null. */
    @Nullable
    String verbatim(String name) {
        byte[] text = members.get(name);
        String written = text == null ? "null" : new String(text, UTF_8);
        return written.equals("null") ? null : written;
    }

    private static byte[] value(JsonParser parser, byte[] text) throws IOException {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        return java.util.Arrays.copyOfRange(text, from, to);
    }

    private static WebhookException unreadable(String why) {
        return new WebhookException(Problem.BODY, "the body cannot be read: " + why);
    }
}
