package io.eventsync.server.http.openapi;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Calls that are known to work, each by its method's name. A test makes them all. */
final class Examples {
    private static final String FILE = "/io/eventsync/server/http/openapi/examples.json";

    private final List<Example> all;

    /**
     * @param parameters by their place in the path or the query
     * @param body null in JSON terms, an empty object here, if there is none
     */
    record Example(String method, String name, String summary, JsonObject parameters, JsonObject body) {
        boolean has(String parameter) {
            return parameters.containsKey(parameter);
        }
    }

    private Examples(List<Example> all) {
        this.all = all;
    }

    static Examples load() {
        try (InputStream in = Examples.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + FILE);
            }
            return new Examples(new JsonArray(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .stream().map(JsonObject.class::cast).map(Examples::example).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Example example(JsonObject json) {
        return new Example(
                json.getString("method"),
                json.getString("name"),
                json.getString("summary"),
                json.getJsonObject("parameters", new JsonObject()),
                json.getJsonObject("body", new JsonObject()));
    }

    /** Those of a method that give every variable of a path. */
    List<Example> of(String method, List<String> variables) {
        return all.stream()
                .filter(example -> example.method().equals(method))
                .filter(example -> variables.stream().allMatch(example::has))
                .toList();
    }
}
