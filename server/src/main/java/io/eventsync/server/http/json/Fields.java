package io.eventsync.server.http.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.eventsync.server.failure.Failure;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The fields of messages by both of their names: {@code tag_prefixes} and {@code tagPrefixes}. */
final class Fields {
    private static final int NAME_LENGTH_MAX = 64;
    private static final Map<Descriptor, Map<String, FieldDescriptor>> KNOWN = new ConcurrentHashMap<>();

    private Fields() {}

    /** Fails with FIELD_INVALID, naming the path, when the message has no such field. */
    static FieldDescriptor require(Descriptor type, String name, String parent) {
        FieldDescriptor field = find(type, name);
        if (field == null) {
            throw Failure.field(path(parent, name), "is not a field of " + type.getFullName());
        }
        return field;
    }

    static @Nullable FieldDescriptor find(Descriptor type, String name) {
        return KNOWN.computeIfAbsent(type, Fields::byName).get(name);
    }

    private static Map<String, FieldDescriptor> byName(Descriptor type) {
        Map<String, FieldDescriptor> names = new HashMap<>();
        for (FieldDescriptor field : type.getFields()) {
            names.put(field.getName(), field);
            names.put(field.getJsonName(), field);
        }
        return names;
    }

    /** Refuses a second member of a oneof: which one counts would be anybody's guess. */
    static void requireAlone(Message.Builder builder, FieldDescriptor field, String parent) {
        OneofDescriptor oneof = field.getContainingOneof();
        if (oneof != null && builder.hasOneof(oneof)) {
            FieldDescriptor set = builder.getOneofFieldDescriptor(oneof);
            if (set != null && !set.equals(field)) {
                throw Failure.field(
                        path(parent, field.getName()), "excludes " + set.getName() + ": only one of them can be given");
            }
        }
    }

    static String path(String parent, String name) {
        String shown = name.length() <= NAME_LENGTH_MAX ? name : name.substring(0, NAME_LENGTH_MAX) + "\u2026";
        return parent.isEmpty() ? shown : parent + "." + shown;
    }
}
