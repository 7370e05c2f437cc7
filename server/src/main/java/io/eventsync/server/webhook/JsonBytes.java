package io.eventsync.server.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** Writes JSON into memory. What is already JSON goes in byte for byte. */
final class JsonBytes {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8) // else a face takes 12 bytes
            .build();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private final JsonGenerator generator;

    private JsonBytes() throws IOException {
        generator = FACTORY.createGenerator(bytes);
    }

    /** Part of a text. */
    interface Part {
        void writeTo(JsonBytes json) throws IOException;
    }

    static byte[] of(Part whole) {
        try {
            JsonBytes json = new JsonBytes();
            whole.writeTo(json);
            json.generator.close();
            return json.bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every write", e);
        }
    }

    void object(Part members) throws IOException {
        generator.writeStartObject();
        members.writeTo(this);
        generator.writeEndObject();
    }

    void array(String name, Part items) throws IOException {
        generator.writeArrayFieldStart(name);
        items.writeTo(this);
        generator.writeEndArray();
    }

    void name(String name) throws IOException {
        generator.writeFieldName(name);
    }

    void text(String name, String value) throws IOException {
        generator.writeStringField(name, value);
    }

    void textUnlessEmpty(String name, String value) throws IOException {
        if (!value.isEmpty()) {
            text(name, value);
        }
    }

    void base64(String name, byte[] value) throws IOException {
        text(name, Base64.getEncoder().encodeToString(value));
    }

    void absent(String name) throws IOException {
        generator.writeNullField(name);
    }

    /** A value that was checked to be JSON. */
    void verbatim(String name, byte[] json) throws IOException {
        name(name);
        generator.writeRawValue(""); // has the generator write the colon and count a value
        generator.flush();
        bytes.write(json);
    }
}
