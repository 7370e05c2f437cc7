package io.eventsync.server.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads ProtoJSON straight into a message. Not by the library's JsonFormat: that takes comments, single quotes and repeated members,
 * names no path when it refuses a field, and makes a tree first.
 */
public final class JsonInput {
    private static final int DEPTH_MAX = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names come from anyone and are not kept
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    // What bounds the request bounds these.
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser parser;

    private JsonInput(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Adds what the text says to the message. Fails with MESSAGE_MALFORMED when it is not JSON, saying where; with FIELD_INVALID and the
     * path when it is no such message.
     *
     * @param at the path of the message itself; empty for a request
     */
    public static void merge(byte[] text, Message.Builder into, String at) {
        // Jackson guesses other encodings from zero bytes and skips a byte order mark; RFC 8259 knows neither.
        if (text.length > 0 && (text[0] <= 0 || (text.length > 1 && text[1] == 0))) {
            throw malformed("it does not begin with a value", null);
        }
        if (!UnsafeByteOperations.unsafeWrap(text).isValidUtf8()) {
            throw malformed("it is not UTF-8", null);
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw malformed("it is empty", null);
            }
            JsonInput input = new JsonInput(parser);
            if (first != JsonToken.START_OBJECT) {
                throw at.isEmpty()
                        ? malformed("a request is an object", parser.currentTokenLocation())
                        : input.not(at, "an object");
            }
            input.object(into, at);
            if (parser.nextToken() != null) {
                throw malformed("there is more than one value", parser.currentTokenLocation());
            }
        } catch (JsonProcessingException e) {
            throw malformed(e.getOriginalMessage(), e.getLocation());
        } catch (IOException e) {
            throw malformed("it cannot be read", null);
        }
    }

    private static Failure malformed(String why, @Nullable JsonLocation at) {
        if (at == null) {
            return Failure.of(Reason.MESSAGE_MALFORMED, "the body is not JSON: " + why);
        }
        return Failure.of(
                        Reason.MESSAGE_MALFORMED,
                        "the body is not JSON: " + why + ", at byte " + at.getByteOffset() + ", line " + at.getLineNr()
                                + ", column " + at.getColumnNr())
                .with("byte", at.getByteOffset())
                .with("line", at.getLineNr())
                .with("column", at.getColumnNr());
    }

    private void object(Message.Builder into, String at) throws IOException {
        BitSet seen = new BitSet();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            FieldDescriptor field = Fields.require(into.getDescriptorForType(), parser.currentName(), at);
            String path = Fields.path(at, field.getName());
            if (seen.get(field.getIndex())) {
                throw Failure.field(path, "is given twice");
            }
            seen.set(field.getIndex());
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue; // ProtoJSON: as if it were not there
            }
            if (field.isMapField()) {
                map(into, field, path);
            } else if (field.isRepeated()) {
                array(into, field, path);
            } else {
                Fields.requireAlone(into, field, at);
                into.setField(field, value(into, field, path));
            }
        }
    }

    private void array(Message.Builder into, FieldDescriptor field, String path) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw not(path, "an array");
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            into.addRepeatedField(field, value(into, field, path + "[" + i + "]"));
        }
    }

    private void map(Message.Builder into, FieldDescriptor field, String path) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw not(path, "an object");
        }
        FieldDescriptor keys = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor values = field.getMessageType().findFieldByNumber(2);
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String entryPath = Fields.path(path, name);
            if (!seen.add(name)) {
                throw Failure.field(entryPath, "is given twice");
            }
            Message.Builder entry = into.newBuilderForField(field).setField(keys, Scalars.parse(keys, name, entryPath));
            JsonToken unused = parser.nextToken();
            into.addRepeatedField(
                    field,
                    entry.setField(values, value(entry, values, entryPath)).build());
        }
    }

    private Object value(Message.Builder parent, FieldDescriptor field, String path) throws IOException {
        return switch (field.getJavaType()) {
            case BOOLEAN -> bool(path);
            case INT, LONG, FLOAT, DOUBLE -> text(field, path, true, "a number");
            case ENUM -> text(field, path, true, "the name of a value");
            case STRING, BYTE_STRING -> text(field, path, false, "a string");
            case MESSAGE ->
                Scalars.hasTextForm(field) ? text(field, path, false, "a string") : message(parent, field, path);
        };
    }

    private boolean bool(String path) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw not(path, "true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private Object text(FieldDescriptor field, String path, boolean mayBeNumber, String wanted) throws IOException {
        JsonToken token = parser.currentToken();
        boolean isNumber = token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
        if (token != JsonToken.VALUE_STRING && !(mayBeNumber && isNumber)) {
            throw not(path, wanted);
        }
        return Scalars.parse(field, parser.getText(), path);
    }

    private Message message(Message.Builder parent, FieldDescriptor field, String path) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw not(path, "an object");
        }
        Message.Builder made = parent.newBuilderForField(field);
        object(made, path);
        return made.build();
    }

    private Failure not(String path, String wanted) {
        JsonLocation at = parser.currentTokenLocation();
        return Failure.field(
                path, "must be " + wanted + ", at line " + at.getLineNr() + ", column " + at.getColumnNr());
    }
}
