package io.eventsync.server.http.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.MethodDescriptor;
import io.eventsync.server.grpc.Calls;
import io.eventsync.server.http.openapi.OpenApi.Operation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private static final List<Operation> OPERATIONS = List.of(
            operation("GetEvent", "get", "/v1/events/{id}", List.of("id"), ""),
            operation("GetEvent", "get", "/v1/positions/{position}", List.of("position"), ""),
            operation("Ingest", "post", "/v1/events", List.of(), "*"),
            operation("Subscribe", "get", "/v1/events:subscribe", List.of(), ""),
            operation("Sync", "get", "/v1/events:sync", List.of(), ""),
            operation("UpdateEndpoint", "patch", "/v1/endpoints/{endpoint.name}", List.of("endpoint.name"), "endpoint"),
            operation("CommitCursor", "post", "/v1/consumers/{name}:commit", List.of("name"), "*"));

    private final JsonObject document = new JsonObject(OpenApi.document("1.2.3", OPERATIONS));

    private static Operation operation(String method, String verb, String path, List<String> variables, String body) {
        MethodDescriptor descriptor = Calls.METHODS.stream()
                .map(Calls.Method::descriptor)
                .filter(m -> m.getName().equals(method))
                .findFirst()
                .orElseThrow();
        return new Operation(descriptor, verb, path, variables, body);
    }

    private JsonObject at(String... path) {
        JsonObject at = document;
        for (String name : path) {
            at = at.getJsonObject(name);
        }
        return at;
    }

    private List<String> parameters(String path, String verb) {
        return at("paths", path, verb).getJsonArray("parameters").stream()
                .map(parameter ->
                        ((JsonObject) parameter).getString("in") + " " + ((JsonObject) parameter).getString("name"))
                .toList();
    }

    @Test
    void document_isOfItsVersion() {
        assertThat(document.getString("openapi")).isEqualTo("3.1.0");
        assertThat(at("info").getString("version")).isEqualTo("1.2.3");
        assertThat(document.getJsonArray("tags")).hasSize(3);
    }

    @Test
    void server_isTheFolderOfTheDocument_alsoBelowAProxysPath() {
        assertThat(document.getJsonArray("servers")).hasSize(1);
        URI server =
                URI.create(document.getJsonArray("servers").getJsonObject(0).getString("url"));

        assertThat(URI.create("http://localhost:7300/openapi.json").resolve(server))
                .hasToString("http://localhost:7300/");
        assertThat(URI.create("https://example.org/eventsync/openapi.json").resolve(server))
                .hasToString("https://example.org/eventsync/");
        // Paths begin with a slash and are appended.
        assertThat(server.toString()).doesNotEndWith("/");
    }

    @Test
    void comments_areDescriptions() {
        assertThat(at("paths", "/v1/events", "post").getString("summary")).isEqualTo("Appends one event");
        assertThat(at("paths", "/v1/events", "post").getString("description")).contains("EVENT_ID_REUSED");
        assertThat(at("components", "schemas", "Event", "properties", "tag").getString("description"))
                .contains("\n\nRequired. 1 to 8 segments of `[A-Za-z0-9_-]+` joined by `.`, at most 200 characters");
        assertThat(at("components", "schemas", "Anchor").getString("description"))
                .contains("- `ANCHOR_NOW`: After the newest event");
    }

    @Test
    void parameters_areWhatNeitherPathNorBodyHas() {
        assertThat(parameters("/v1/events/{id}", "get")).containsExactly("path id");
        assertThat(parameters("/v1/positions/{position}", "get")).containsExactly("path position");
        assertThat(parameters("/v1/events", "post")).isEmpty();
        assertThat(parameters("/v1/consumers/{name}:commit", "post")).containsExactly("path name");
        assertThat(parameters("/v1/endpoints/{name}", "patch"))
                .containsExactly("path name", "query updateMask", "query validateOnly");
        assertThat(parameters("/v1/events:sync", "get"))
                .contains(
                        "query filter.tagPrefixes",
                        "query filter.attributes",
                        "query start.afterPosition",
                        "query wait");
        assertThat(parameters("/v1/events:subscribe", "get")).contains("header Last-Event-ID");
    }

    @Test
    void types_haveTheirJsonForm() {
        JsonObject event = at("components", "schemas", "Event", "properties");

        assertThat(event.getJsonObject("position").getString("type")).isEqualTo("string");
        assertThat(event.getJsonObject("position").getBoolean("readOnly")).isTrue();
        assertThat(event.getJsonObject("data").getString("contentEncoding")).isEqualTo("base64");
        assertThat(event.getJsonObject("eventTime").getString("format")).isEqualTo("date-time");
        assertThat(event.getJsonObject("attributes").getJsonObject("additionalProperties"))
                .isEqualTo(new JsonObject().put("type", "string"));
        assertThat(at("components", "schemas", "Event").getString("description"))
                .contains("Only one of `json`, `data`.");
        assertThat(at("components", "schemas", "WebhookAuth", "properties").fieldNames())
                .containsExactly("basic", "bearer");
    }

    @Test
    void references_leadSomewhere() {
        List<String> references = new ArrayList<>();
        collect(document.getMap(), references);

        assertThat(references).hasSizeGreaterThan(30).allSatisfy(reference -> {
            Object at = document;
            for (String name : reference.substring(2).split("/", -1)) {
                at = ((JsonObject) at).getValue(name);
            }
            assertThat(at).as(reference).isNotNull();
        });
    }

    private static void collect(Object value, List<String> references) {
        Stream<?> parts = value instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .peek(e -> {
                            if (e.getKey().equals("$ref")) {
                                references.add((String) e.getValue());
                            }
                        })
                        .map(Map.Entry::getValue)
                : value instanceof List<?> list
                        ? list.stream()
                        : value instanceof JsonObject json
                                ? json.getMap().values().stream()
                                : value instanceof JsonArray array ? array.stream() : Stream.empty();
        if (value instanceof JsonObject json) {
            collect(json.getMap(), references);
            return;
        }
        parts.forEach(part -> collect(part, references));
    }
}
