package io.eventsync.server.event;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Reads what filters need from a stored body, which is {@code eventsync.v1.Event} on the wire without what the log keeps in columns. */
final class StoredBody {
    static final int KEY = 3;
    static final int ATTRIBUTES = 8;

    private static final int MAP_KEY = 1;
    private static final int MAP_VALUE = 2;

    private StoredBody() {}

    /** Whether two bodies say the same. Writers may order the fields and the entries of a map as they like. */
    static boolean sameContent(byte[] a, byte[] b) {
        return Arrays.equals(a, b) || fields(a).equals(fields(b));
    }

    private static Map<String, Object> fields(byte[] body) {
        CodedInputStream in = CodedInputStream.newInstance(body);
        Map<String, Object> fields = new HashMap<>();
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == ATTRIBUTES) {
                    in.skipField(tag);
                } else if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    fields.put("f" + tag, in.readBytes());
                } else if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
                    fields.put("f" + tag, in.readRawVarint64());
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a stored body does not parse", e);
        }
        fields.put("attributes", attributes(body));
        return fields;
    }

    /** The event's key, or the empty string. */
    static String key(byte[] body) {
        CodedInputStream in = CodedInputStream.newInstance(body);
        try {
            String key = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == KEY) {
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
                if (WireFormat.getTagFieldNumber(tag) == ATTRIBUTES) {
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
            switch (WireFormat.getTagFieldNumber(tag)) {
                case MAP_KEY -> key = in.readStringRequireUtf8();
                case MAP_VALUE -> value = in.readStringRequireUtf8();
                default -> in.skipField(tag);
            }
        }
        attributes.put(key, value);
    }
}
