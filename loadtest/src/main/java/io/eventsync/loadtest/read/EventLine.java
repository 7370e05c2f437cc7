package io.eventsync.loadtest.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.eventsync.v1.Event;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Writes an event as one line of JSON. The payload stands as a string (`json`) or as base64 (`data`), so that its bytes can be
 * compared with what was sent, line breaks and all.
 */
final class EventLine {

    private static final JsonFactory FACTORY = new JsonFactory();

    private EventLine() {}

    static void write(Event event, OutputStream out) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeNumberField("position", event.getPosition());
            json.writeStringField("id", event.getId());
            json.writeStringField("tag", event.getTag());
            writeIfAny(json, "key", event.getKey());
            writeIfAny(json, "message", event.getMessage());
            writeIfAny(json, "content_type", event.getContentType());
            if (event.getAttributesCount() > 0) {
                json.writeObjectFieldStart("attributes");
                for (Map.Entry<String, String> attribute :
                        event.getAttributesMap().entrySet()) {
                    json.writeStringField(attribute.getKey(), attribute.getValue());
                }
                json.writeEndObject();
            }
            if (event.hasJson()) {
                json.writeStringField("json", event.getJson());
            } else if (event.hasData()) {
                json.writeBinaryField("data", event.getData().toByteArray());
            }
            json.writeEndObject();
        }
        out.write('\n');
    }

    private static void writeIfAny(JsonGenerator json, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }
}
