package io.eventsync.server.http;

import io.eventsync.server.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** A client of the HTTP face, over HTTP/1.1 unless said. */
final class TestHttp {
    private final HttpClient client;
    private final String base;

    TestHttp(TestServer server) {
        this(server, HttpClient.Version.HTTP_1_1);
    }

    TestHttp(TestServer server, HttpClient.Version version) {
        this.client = HttpClient.newBuilder().version(version).build();
        this.base = "http://127.0.0.1:" + server.port();
    }

    record Answer(int status, String text, HttpResponse<?> raw) {
        JsonObject json() {
            return new JsonObject(text);
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        String reason() {
            return detail("ErrorInfo").getString("reason");
        }

        JsonObject detail(String type) {
            JsonArray details = json().getJsonArray("details", new JsonArray());
            return details.stream()
                    .map(JsonObject.class::cast)
                    .filter(detail -> detail.getString("@type").endsWith("." + type))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + type + " in " + text));
        }

        List<String> fields() {
            return detail("BadRequest").getJsonArray("fieldViolations").stream()
                    .map(violation -> ((JsonObject) violation).getString("field"))
                    .toList();
        }
    }

    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Answer post(String path, String body) {
        return send("POST", path, body, "content-type", "application/json");
    }

    Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = request(path, headers)
                .timeout(Duration.ofSeconds(30))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Begins to read a stream; the caller closes it. */
    InputStream open(String path, String... headers) {
        try {
            HttpResponse<InputStream> response =
                    client.send(request(path, headers).build(), BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new AssertionError(response.statusCode() + " "
                        + new String(response.body().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            }
            return response.body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }
}
