package io.eventsync.server.http.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import io.eventsync.server.http.openapi.Examples.Example;
import io.eventsync.server.http.openapi.OpenApi.Operation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Methods as operations of a path. */
final class Operations {
    private static final JsonObject ERROR = new JsonObject().put("$ref", "#/components/responses/Error");

    private final Comments comments;
    private final Schemas schemas;
    private final Examples examples;

    Operations(Comments comments, Schemas schemas, Examples examples) {
        this.comments = comments;
        this.schemas = schemas;
        this.examples = examples;
    }

    JsonObject make(Operation operation) {
        MethodDescriptor method = operation.method();
        String comment = comments.of(method.getFullName());
        List<Example> known =
                examples.of(method.getService().getName() + "." + method.getName(), operation.variables());
        JsonObject made = new JsonObject()
                .put("tags", new JsonArray().add(method.getService().getName()))
                .put("summary", firstSentence(comment))
                .put("description", comment)
                .put("parameters", parameters(operation, known));
        if (!operation.body().isEmpty()) {
            made.put("requestBody", body(operation, known));
        }
        return made.put(
                "responses",
                new JsonObject()
                        .put("200", answer(method))
                        .put("4XX", ERROR.copy())
                        .put("5XX", ERROR.copy()));
    }

    /** Paths that differ in the names of their variables only are one path in OpenAPI: {@code endpoint.name} is shown as {@code name}. */
    static String shownPath(Operation operation) {
        String path = operation.path();
        for (String variable : operation.variables()) {
            path = path.replace('{' + variable + '}', '{' + shown(variable) + '}');
        }
        return path;
    }

    private static String shown(String variable) {
        return variable.substring(variable.lastIndexOf('.') + 1);
    }

    private static String firstSentence(String comment) {
        int end = comment.indexOf(". ");
        int paragraph = comment.indexOf('\n');
        int cut = end < 0 || (paragraph >= 0 && paragraph < end) ? paragraph : end;
        String first = cut < 0 ? comment : comment.substring(0, cut);
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    private JsonArray parameters(Operation operation, List<Example> known) {
        JsonArray parameters = new JsonArray();
        Descriptor request = operation.method().getInputType();
        for (String variable : operation.variables()) {
            parameters.add(parameter("path", variable, field(request, variable), known)
                    .put("name", shown(variable))
                    .put("required", true));
        }
        if (!operation.body().equals("*")) {
            for (FieldDescriptor field : request.getFields()) {
                if (!operation.body().equals(field.getName())) {
                    addQuery(parameters, "", "", field, operation, known);
                }
            }
        }
        if (operation.method().isServerStreaming()) {
            parameters.add(new JsonObject()
                    .put("name", "Last-Event-ID")
                    .put("in", "header")
                    .put(
                            "description",
                            "A cursor to go on from; wins over the start of the query. Browsers send it by themselves.")
                    .put("schema", new JsonObject().put("type", "string")));
        }
        return parameters;
    }

    private static FieldDescriptor field(Descriptor type, String path) {
        String[] names = path.split("\\.", -1);
        Descriptor at = type;
        for (int i = 0; i < names.length - 1; i++) {
            at = at.findFieldByName(names[i]).getMessageType();
        }
        return at.findFieldByName(names[names.length - 1]);
    }

    private void addQuery(
            JsonArray parameters,
            String parentPath,
            String parent,
            FieldDescriptor field,
            Operation operation,
            List<Example> known) {
        String path = parentPath + field.getName();
        String name = parent + field.getJsonName();
        if (isDecided(path, field, operation)) {
            return;
        }
        boolean isNested = field.getJavaType() == JavaType.MESSAGE
                && !field.isMapField()
                && !field.getMessageType().getFullName().startsWith("google.");
        if (isNested) {
            field.getMessageType()
                    .getFields()
                    .forEach(inner -> addQuery(parameters, path + ".", name + ".", inner, operation, known));
        } else {
            parameters.add(parameter("query", name, field, known));
        }
    }

    /** Whether the path has it, or what excludes it. */
    private static boolean isDecided(String path, FieldDescriptor field, Operation operation) {
        OneofDescriptor oneof = field.getRealContainingOneof();
        return operation.variables().contains(path)
                || (oneof != null
                        && oneof.getFields().stream()
                                .anyMatch(f -> operation.variables().contains(f.getName())));
    }

    private JsonObject parameter(String place, String name, FieldDescriptor field, List<Example> known) {
        JsonObject parameter = new JsonObject()
                .put("name", name)
                .put("in", place)
                .put("description", comments.of(field.getFullName()))
                .put("schema", schemas.of(field));
        if (field.isMapField()) {
            parameter.put("style", "deepObject").put("explode", true);
        }
        JsonObject values = new JsonObject();
        known.stream()
                .filter(example -> example.has(name))
                .forEach(example -> values.put(
                        example.name(),
                        new JsonObject()
                                .put("summary", example.summary())
                                .put("value", example.parameters().getValue(name))));
        return values.isEmpty() ? parameter : parameter.put("examples", values);
    }

    private JsonObject body(Operation operation, List<Example> known) {
        Descriptor request = operation.method().getInputType();
        JsonObject schema = operation.body().equals("*")
                ? schemas.object(request, field -> !operation.variables().contains(field.getName()))
                : schemas.of(request.findFieldByName(operation.body()));
        JsonObject values = new JsonObject();
        known.forEach(example -> values.put(
                example.name(),
                new JsonObject().put("summary", example.summary()).put("value", example.body())));
        JsonObject content = new JsonObject().put("schema", schema);
        if (!values.isEmpty()) {
            content.put("examples", values);
        }
        return new JsonObject().put("content", new JsonObject().put("application/json", content));
    }

    private JsonObject answer(MethodDescriptor method) {
        JsonObject message = schemas.of(method.getOutputType());
        if (!method.isServerStreaming()) {
            return new JsonObject().put("description", "Done.").put("content", content("application/json", message));
        }
        JsonObject text = new JsonObject().put("type", "string");
        return new JsonObject()
                .put(
                        "description",
                        "The stream: a frame a line, server-sent events, or an array that ends at the head.")
                .put(
                        "content",
                        content("application/x-ndjson", message)
                                .mergeIn(content("text/event-stream", text))
                                .mergeIn(content(
                                        "application/json",
                                        new JsonObject().put("type", "array").put("items", message.copy()))));
    }

    private static JsonObject content(String type, JsonObject schema) {
        return new JsonObject().put(type, new JsonObject().put("schema", schema));
    }
}
