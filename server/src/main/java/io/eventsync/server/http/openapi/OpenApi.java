package io.eventsync.server.http.openapi;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.rpc.Status;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The OpenAPI 3.1 document of the HTTP API. */
public final class OpenApi {
    private static final String DESCRIPTION = """
            One durable, ordered event log on Postgres. The same methods as over gRPC, at the same port.

            Names are `lowerCamelCase` here; `snake_case` is taken too. 64-bit numbers are strings. In queries, `filter.tagPrefixes=A&\
            filter.tagPrefixes=B` gives a list and `filter.attributes[key]=value` an entry of a map. Errors are `google.rpc.Status`; \
            decide by the `reason` in its `ErrorInfo`.""";

    /**
     * The folder of the document, wherever a proxy has put it: a relative URL counts from where the document was loaded. Without a slash at
     * its end, as paths are appended to it.
     */
    private static final String SERVER = ".";

    private final Comments comments = Comments.load();
    private final Schemas schemas = new Schemas(comments);
    private final Operations operations = new Operations(comments, schemas, Examples.load());

    private OpenApi() {}

    /**
     * One rule of a method.
     *
     * @param verb the HTTP method, in lower case
     * @param path with its variables in braces
     * @param variables the fields that they stand for
     * @param body {@code *}, a field, or empty
     */
    public record Operation(MethodDescriptor method, String verb, String path, List<String> variables, String body) {}

    /** Takes some tens of milliseconds. */
    public static String document(String version, List<Operation> operations) {
        return new OpenApi().make(version, operations).encodePrettily() + "\n";
    }

    private JsonObject make(String version, List<Operation> all) {
        JsonObject paths = new JsonObject();
        Set<ServiceDescriptor> services = new LinkedHashSet<>();
        Set<String> ids = new HashSet<>();
        for (Operation operation : all) {
            services.add(operation.method().getService());
            JsonObject made = operations.make(operation);
            String id = operation.method().getService().getName() + "_"
                    + operation.method().getName();
            made.put("operationId", ids.add(id) ? id : id + "_" + ids.size());
            String path = Operations.shownPath(operation);
            if (!paths.containsKey(path)) {
                paths.put(path, new JsonObject());
            }
            paths.getJsonObject(path).put(operation.verb(), made);
        }
        return new JsonObject()
                .put("openapi", "3.1.0")
                .put(
                        "info",
                        new JsonObject()
                                .put("title", "EventSync")
                                .put("version", version)
                                .put("description", DESCRIPTION)
                                .put(
                                        "license",
                                        new JsonObject()
                                                .put("name", "Apache-2.0")
                                                .put("identifier", "Apache-2.0")))
                .put("servers", new JsonArray().add(new JsonObject().put("url", SERVER)))
                .put(
                        "security",
                        new JsonArray().add(new JsonObject()).add(new JsonObject().put("bearer", new JsonArray())))
                .put("tags", tags(services))
                .put("paths", paths)
                .put("components", components());
    }

    private JsonArray tags(Set<ServiceDescriptor> services) {
        JsonArray tags = new JsonArray();
        services.forEach(service -> tags.add(new JsonObject()
                .put("name", service.getName())
                .put("description", comments.of(service.getFullName()))));
        return tags;
    }

    private JsonObject components() {
        JsonObject error = new JsonObject()
                .put("description", "What went wrong, and whether waiting helps.")
                .put(
                        "headers",
                        new JsonObject()
                                .put(
                                        "Retry-After",
                                        new JsonObject()
                                                .put("description", "Seconds; there if and only if waiting helps.")
                                                .put("schema", new JsonObject().put("type", "integer"))))
                .put(
                        "content",
                        new JsonObject()
                                .put(
                                        "application/json",
                                        new JsonObject().put("schema", schemas.of(Status.getDescriptor()))));
        return new JsonObject()
                .put("schemas", schemas.all())
                .put("responses", new JsonObject().put("Error", error))
                .put(
                        "securitySchemes",
                        new JsonObject()
                                .put(
                                        "bearer",
                                        new JsonObject().put("type", "http").put("scheme", "bearer")));
    }
}
