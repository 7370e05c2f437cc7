package io.eventsync.server.http.json;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.eventsync.server.failure.Failure;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Query parameters and path variables to fields: {@code filter.tag_prefixes=A}, again for the next one; {@code filter.attributes[key]=v}
 * or {@code filter.attributes.key=v}. Either style of name.
 */
public final class TextInput {
    private final Message.Builder root;
    private final Set<String> given = new HashSet<>();

    public TextInput(Message.Builder root) {
        this.root = root;
    }

    /** One parameter. Fails with FIELD_INVALID when there is no such field, it is given twice, or the text is no value of it. */
    public void set(String name, String text) {
        set(root, name, "", text);
    }

    private void set(Message.Builder into, String name, String parent, String text) {
        int end = endOfName(name);
        FieldDescriptor field = Fields.require(into.getDescriptorForType(), name.substring(0, end), parent);
        String path = Fields.path(parent, field.getName());
        Fields.requireAlone(into, field, parent);
        if (field.isMapField()) {
            entry(into, field, path, key(name, end, path), text);
        } else if (end < name.length()) {
            if (field.isRepeated() || Scalars.hasTextForm(field) || name.charAt(end) != '.') {
                throw Failure.field(Fields.path(path, name.substring(end + 1)), "is not a field of " + path);
            }
            set(into.getFieldBuilder(field), name.substring(end + 1), path, text);
        } else if (field.isRepeated()) {
            into.addRepeatedField(
                    field, Scalars.parse(field, text, path + "[" + into.getRepeatedFieldCount(field) + "]"));
        } else {
            requireFirst(path);
            into.setField(field, Scalars.parse(field, text, path));
        }
    }

    private static int endOfName(String name) {
        int at = 0;
        while (at < name.length() && name.charAt(at) != '.' && name.charAt(at) != '[') {
            at++;
        }
        return at;
    }

    private void entry(Message.Builder into, FieldDescriptor field, String path, @Nullable String key, String text) {
        if (key == null) {
            throw Failure.field(path, "is a map: give its entries as " + path + "[key]=value");
        }
        String entryPath = Fields.path(path, key);
        requireFirst(entryPath);
        FieldDescriptor keys = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor values = field.getMessageType().findFieldByNumber(2);
        into.addRepeatedField(
                field,
                into.newBuilderForField(field)
                        .setField(keys, Scalars.parse(keys, key, entryPath))
                        .setField(values, Scalars.parse(values, text, entryPath))
                        .build());
    }

    /** What is behind the field's name: {@code [key]}, or {@code .key}, which may have dots itself. */
    private static @Nullable String key(String name, int end, String path) {
        if (end == name.length()) {
            return null;
        }
        if (name.charAt(end) == '.') {
            return name.substring(end + 1);
        }
        if (name.charAt(name.length() - 1) != ']') {
            throw Failure.field(path, "has a [ without its ] at the end");
        }
        return name.substring(end + 1, name.length() - 1);
    }

    private void requireFirst(String path) {
        if (!given.add(path)) {
            throw Failure.field(path, "is given twice");
        }
    }

    /** A path variable; the body may say the same, nothing else. */
    public void bind(String fieldPath, String text) {
        Message.Builder into = root;
        String[] names = fieldPath.split("\\.", -1);
        for (int i = 0; i < names.length - 1; i++) {
            into = into.getFieldBuilder(Fields.require(into.getDescriptorForType(), names[i], ""));
        }
        FieldDescriptor field = Fields.require(into.getDescriptorForType(), names[names.length - 1], "");
        Object value = Scalars.parse(field, text, fieldPath);
        Object present = into.getField(field);
        if (!present.equals(field.getDefaultValue()) && !present.equals(value)) {
            throw Failure.field(fieldPath, "is not the one of the path");
        }
        into.setField(field, value);
        given.add(fieldPath);
    }
}
