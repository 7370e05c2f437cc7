package io.eventsync.server.http.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Messages and enums as JSON Schema, each under its name; the ProtoJSON form. */
final class Schemas {
    private static final String PACKAGE = "eventsync.v1.";

    private final Comments comments;
    private final TreeMap<String, JsonObject> named = new TreeMap<>();

    Schemas(Comments comments) {
        this.comments = comments;
    }

    /** All that were asked for so far, and what they refer to. */
    JsonObject all() {
        JsonObject all = new JsonObject();
        named.forEach(all::put);
        return all;
    }

    /** A reference to the schema of a message. */
    JsonObject of(Descriptor type) {
        String name = name(type.getFullName());
        if (!named.containsKey(name)) {
            named.put(name, new JsonObject()); // messages may contain themselves
            named.put(name, object(type, field -> true));
        }
        return reference(name);
    }

    private JsonObject of(EnumDescriptor type) {
        String name = name(type.getFullName());
        named.computeIfAbsent(name, n -> enumeration(type));
        return reference(name);
    }

    private static JsonObject reference(String name) {
        return new JsonObject().put("$ref", "#/components/schemas/" + name);
    }

    private static String name(String fullName) {
        return fullName.startsWith(PACKAGE)
                ? fullName.substring(PACKAGE.length())
                : fullName.substring(fullName.lastIndexOf('.') + 1);
    }

    /** The schema itself, with those of the message's fields that are wanted. */
    JsonObject object(Descriptor type, Predicate<FieldDescriptor> isWanted) {
        JsonObject properties = new JsonObject();
        type.getFields().stream()
                .filter(isWanted)
                .forEach(field -> properties.put(field.getJsonName(), described(field)));
        String description = comments.of(type.getFullName()) + choices(type, isWanted);
        JsonObject schema = new JsonObject().put("type", "object");
        if (!description.isBlank()) {
            schema.put("description", description.strip());
        }
        return properties.isEmpty() ? schema : schema.put("properties", properties);
    }

    private static String choices(Descriptor type, Predicate<FieldDescriptor> isWanted) {
        return type.getRealOneofs().stream()
                .map(OneofDescriptor::getFields)
                .filter(fields -> fields.stream().allMatch(isWanted))
                .map(fields -> "\n\nOnly one of "
                        + fields.stream()
                                .map(field -> "`" + field.getJsonName() + "`")
                                .collect(Collectors.joining(", "))
                        + ".")
                .collect(Collectors.joining());
    }

    private JsonObject described(FieldDescriptor field) {
        String comment = comments.of(field.getFullName());
        JsonObject schema = of(field);
        if (!comment.isEmpty()) {
            schema.put("description", comment);
        }
        if (comment.startsWith("OUTPUT ONLY")) {
            schema.put("readOnly", true);
        } else if (comment.startsWith("INPUT ONLY")) {
            schema.put("writeOnly", true);
        }
        return schema;
    }

    /** The schema of a field's value, without its comment. */
    JsonObject of(FieldDescriptor field) {
        if (field.isMapField()) {
            return new JsonObject()
                    .put("type", "object")
                    .put("additionalProperties", element(field.getMessageType().findFieldByNumber(2)));
        }
        JsonObject element = element(field);
        return field.isRepeated() ? new JsonObject().put("type", "array").put("items", element) : element;
    }

    private JsonObject element(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> type("string");
            case BYTE_STRING -> type("string").put("contentEncoding", "base64");
            case BOOLEAN -> type("boolean");
            case INT -> type("integer").put("format", "int32");
            case LONG -> type("string").put("format", "int64");
            case FLOAT, DOUBLE -> type("number").put("format", "double");
            case ENUM -> of(field.getEnumType());
            case MESSAGE -> message(field.getMessageType());
        };
    }

    private JsonObject message(Descriptor type) {
        return switch (type.getFullName()) {
            case "google.protobuf.Timestamp" -> type("string").put("format", "date-time");
            case "google.protobuf.Duration" -> type("string").put("pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$");
            case "google.protobuf.FieldMask" -> type("string");
            case "google.protobuf.Any" ->
                type("object")
                        .put("properties", new JsonObject().put("@type", type("string")))
                        .put("required", new JsonArray().add("@type"))
                        .put("additionalProperties", true);
            default -> of(type);
        };
    }

    private JsonObject enumeration(EnumDescriptor type) {
        JsonArray names = new JsonArray();
        StringBuilder description = new StringBuilder(comments.of(type.getFullName())).append('\n');
        for (EnumValueDescriptor value : type.getValues()) {
            names.add(value.getName());
            description
                    .append("\n- `")
                    .append(value.getName())
                    .append("`: ")
                    // Enum values are named beside their type, not in it.
                    .append(comments.of(type.getFullName() + "." + value.getName()));
        }
        return type("string").put("enum", names).put("description", description.toString());
    }

    private static JsonObject type(String name) {
        return new JsonObject().put("type", name);
    }
}
