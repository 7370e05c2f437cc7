package io.eventsync.server.grpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.eventsync.server.failure.Failure;
import java.io.IOException;

/** Checks that a text is one JSON value (RFC 8259), without building it. */
final class JsonText {
    private static final int DEPTH_MAX = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names come from anyone and are not kept
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    // What bounds the payload bounds these.
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private JsonText() {}

    static void requireValid(String field, byte[] text) {
        // Jackson guesses other encodings from leading zero bytes and skips a byte order mark; RFC 8259 knows neither,
        // and no value
        // begins with anything but ASCII.
        if (text.length > 0 && (text[0] <= 0 || (text.length > 1 && text[1] == 0))) {
            throw Failure.field(field, "is not JSON: it does not begin with a value");
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw Failure.field(field, "is not JSON: it is empty");
            }
            parser.skipChildren();
            if (parser.currentToken().isScalarValue()) {
                parser.finishToken();
            }
            if (parser.nextToken() != null) {
                throw notJson(field, "there is more than one value", parser.currentTokenLocation());
            }
        } catch (JsonProcessingException e) {
            throw notJson(field, e.getOriginalMessage(), e.getLocation());
        } catch (IOException e) {
            throw Failure.field(field, "is not JSON");
        }
    }

    private static Failure notJson(String field, String why, @org.jspecify.annotations.Nullable JsonLocation at) {
        String place = at == null ? "" : " at byte " + at.getByteOffset();
        return Failure.field(field, "is not JSON: " + why + place);
    }
}
