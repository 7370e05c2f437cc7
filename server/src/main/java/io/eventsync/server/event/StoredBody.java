package io.eventsync.server.event;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what filters need from a stored body, which is {@code eventsync.v1.Event} on the wire without what the log keeps in columns.
 * From the whole event on the wire as well: what is in columns is passed over.
 */
final class StoredBody {
    static final int KEY = 3;
    static final int ATTRIBUTES = 8;
    static final int PRODUCER = 13;

    // With the wire type, as the contract's parser does: a known number with another type is a field that nobody knows.
    private static final int KEY_TAG = lengthDelimited(KEY);
    private static final int ATTRIBUTES_TAG = lengthDelimited(ATTRIBUTES);
    private static final int PRODUCER_TAG = lengthDelimited(PRODUCER);
    private static final int MAP_KEY_TAG = lengthDelimited(1);
    private static final int MAP_VALUE_TAG = lengthDelimited(2);

    private StoredBody() {}

    static int lengthDelimited(int field) {
        return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    /** The body of an event with these fields, as the contract's writer would make it. */
    static byte[] ofJson(String key, String message, String json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            if (!key.isEmpty()) {
                out.writeString(KEY, key);
            }
            if (!message.isEmpty()) {
                out.writeString(ContentReader.MESSAGE, message);
            }
            out.writeString(ContentReader.JSON, json);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every write", e);
        }
        return bytes.toByteArray();
    }

    /** A body of a producer's with the name of who ingests it, which no producer can give. */
    static byte[] withProducer(byte[] body, String producer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + producer.length() + 8);
        bytes.writeBytes(body);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeString(PRODUCER, producer);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every write", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Whether two bodies say the same, whoever ingested them and in whichever trace: a retry may come with another token, and is another
     * span. Writers may order the fields and the entries of a map as they like.
     */
    static boolean sameContent(byte[] a, byte[] b) {
        return Arrays.equals(a, b) || fields(a).equals(fields(b));
    }

    /** The encoded values of each field in their order; the attributes' entries as a map. */
    private static Map<Integer, Object> fields(byte[] body) {
        CodedInputStream in = CodedInputStream.newInstance(body);
        Map<Integer, List<ByteBuffer>> values = new HashMap<>();
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int from = in.getTotalBytesRead();
                in.skipField(tag);
                if (tag != ATTRIBUTES_TAG && tag != PRODUCER_TAG && tag != ContentReader.TRACEPARENT_TAG) {
                    values.computeIfAbsent(tag, t -> new ArrayList<>())
                            .add(ByteBuffer.wrap(body, from, in.getTotalBytesRead() - from));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a stored body does not parse", e);
        }
        Map<Integer, Object> fields = new HashMap<>(values);
        fields.put(ATTRIBUTES_TAG, attributes(body));
        return fields;
    }

    /** The event's key, or the empty string. */
    static String key(byte[] body) {
        CodedInputStream in = CodedInputStream.newInstance(body);
        try {
            String key = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == KEY_TAG) {
                    key = in.readStringRequireUtf8();
                } else {
                    in.skipField(tag);
                }
            }
            return key;
        } catch (IOException e) {
            throw new UncheckedIOException("a stored body does not parse", e);
        }
    }

    static Map<String, String> attributes(byte[] body) {
        CodedInputStream in = CodedInputStream.newInstance(body);
        Map<String, String> attributes = new HashMap<>();
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == ATTRIBUTES_TAG) {
                    int outer = in.pushLimit(in.readRawVarint32());
                    readEntry(in, attributes);
                    in.popLimit(outer);
                } else {
                    in.skipField(tag);
                }
            }
            return attributes;
        } catch (IOException e) {
            throw new UncheckedIOException("a stored body does not parse", e);
        }
    }

    private static void readEntry(CodedInputStream in, Map<String, String> attributes) throws IOException {
        String key = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == MAP_KEY_TAG) {
                key = in.readStringRequireUtf8();
            } else if (tag == MAP_VALUE_TAG) {
                value = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        attributes.put(key, value);
    }
}
