package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.server.grpc.Calls;
import io.eventsync.server.http.TestHttp.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every rule of the contract is in the API's description with an example, and every example works. */
class HttpExamplesIT {
    /** Where the description is left for tools that check it. */
    private static final Path DOCUMENT = Path.of("target/openapi.json");

    private static TestServer server;
    private static TestHttp http;
    private static JsonObject document;

    /** One example, as the description has it. */
    private record Call(String id, String verb, String path, List<String> query, String body) {}

    @BeforeAll
    static void startServer() throws IOException {
        server = TestServer.start();
        http = new TestHttp(server);
        String text = http.get("/openapi.json").text();
        Path unused = Files.writeString(DOCUMENT, text);
        document = new JsonObject(text);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        document.getJsonObject("paths")
                .forEach(path -> ((JsonObject) path.getValue())
                        .forEach(operation ->
                                addCalls(calls, path.getKey(), operation.getKey(), (JsonObject) operation.getValue())));
        // Things go when all has been done with them.
        calls.sort(Comparator.comparing(call -> call.verb().equals("DELETE")));
        return calls;
    }

    private static void addCalls(List<Call> calls, String path, String verb, JsonObject operation) {
        JsonArray parameters = operation.getJsonArray("parameters");
        JsonObject bodies = operation
                .getJsonObject("requestBody", new JsonObject())
                .getJsonObject("content", new JsonObject())
                .getJsonObject("application/json", new JsonObject())
                .getJsonObject("examples", new JsonObject());
        Set<String> names = new LinkedHashSet<>(bodies.fieldNames());
        parameters.forEach(parameter -> names.addAll(examples(parameter).fieldNames()));
        if (parameters.isEmpty() && !operation.containsKey("requestBody")) {
            names.add("the only one");
        }
        for (String name : names) {
            String filled = path;
            List<String> query = new ArrayList<>();
            for (Object each : parameters) {
                JsonObject parameter = (JsonObject) each;
                JsonObject example = examples(parameter).getJsonObject(name);
                if (example != null && parameter.getString("in").equals("path")) {
                    filled =
                            filled.replace("{" + parameter.getString("name") + "}", encoded(example.getValue("value")));
                } else if (example != null) {
                    addQuery(query, parameter.getString("name"), example.getValue("value"));
                }
            }
            String body = bodies.containsKey(name)
                    ? bodies.getJsonObject(name).getJsonObject("value").encode()
                    : "";
            calls.add(new Call(operation.getString("operationId"), verb.toUpperCase(Locale.ROOT), filled, query, body));
        }
    }

    private static JsonObject examples(Object parameter) {
        return ((JsonObject) parameter).getJsonObject("examples", new JsonObject());
    }

    /** As OpenAPI writes lists ("form", exploded) and maps ("deepObject"). */
    private static void addQuery(List<String> query, String name, Object value) {
        if (value instanceof JsonArray list) {
            list.forEach(entry -> query.add(name + "=" + encoded(entry)));
        } else if (value instanceof JsonObject map) {
            map.forEach(
                    entry -> query.add(encoded(name + "[" + entry.getKey() + "]") + "=" + encoded(entry.getValue())));
        } else {
            query.add(name + "=" + encoded(value));
        }
    }

    private static String encoded(Object value) {
        return URLEncoder.encode(String.valueOf(value), StandardCharsets.UTF_8);
    }

    @Test
    void everyOperation_hasAnExample() {
        Set<String> ids = new LinkedHashSet<>();
        document.getJsonObject("paths")
                .forEach(path -> ((JsonObject) path.getValue())
                        .forEach(operation -> ids.add(((JsonObject) operation.getValue()).getString("operationId"))));

        assertThat(calls()).extracting(Call::id).containsAll(ids);
        assertThat(ids).hasSize(new Routes(Calls.METHODS).all().size());
    }

    @Test
    void everyExample_works() throws IOException {
        try (InputStream stream = http.open("/v1/events:subscribe")) {
            assertThat(stream.read()).isEqualTo('{');
            String subscription = http.get("/v1/subscriptions")
                    .json()
                    .getJsonArray("subscriptions")
                    .getJsonObject(0)
                    .getString("subscriptionId");
            List<String> failed = new ArrayList<>();
            String token = "";
            for (Call call : calls()) {
                Answer answer = make(call, subscription, token);
                if (answer.status() == 200 && call.id().endsWith("CreateToken")) {
                    token = answer.json().getJsonObject("token").getString("tokenId");
                } else if (answer.status() != 200 && !isMissingFeature(answer)) {
                    failed.add(call + ": " + answer.text());
                }
            }
            assertThat(failed).isEmpty();
        }
    }

    /** What this server does not have yet, or has switched off. */
    private static boolean isMissingFeature(Answer answer) {
        return answer.status() == 501 && answer.reason().equals("FEATURE_OFF");
    }

    private static Answer make(Call call, String subscription, String token) {
        String path = call.path() + (call.query().isEmpty() ? "" : "?" + String.join("&", call.query()));
        String cursor = http.get("/v1/log").json().getString("headCursor");
        String filledPath = path.replace("your-cursor", cursor)
                .replace("your-subscription-id", subscription)
                .replace("your-token-id", token.isEmpty() ? "none" : token);
        String body = call.body()
                .replace("your-cursor", cursor)
                // A name would have to be looked up.
                .replace("https://hooks.example.com/", "http://127.0.0.1:" + server.port() + "/");
        String[] headers = body.isEmpty()
                ? new String[] {"accept", "application/json"}
                : new String[] {"accept", "application/json", "content-type", "application/json"};
        return await(call.toString())
                .until(
                        () -> http.send(call.verb(), filledPath, body, headers),
                        // An attempt under way is over soon.
                        answer -> answer.header("retry-after").isEmpty());
    }
}
