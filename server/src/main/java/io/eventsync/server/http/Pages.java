package io.eventsync.server.http;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.grpc.Calls;
import io.eventsync.server.grpc.StatusMapper;
import io.eventsync.server.http.openapi.OpenApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Files that come with the server: the description of the API and the pages that show it. Read on first use; any event loop may ask. */
public final class Pages {
    private static final String ALLOWED = "GET, HEAD, OPTIONS";
    private static final String UI =
            "/META-INF/resources/webjars/swagger-ui/" + Webjars.version("org.webjars", "swagger-ui") + "/";
    private static final String OWN = "/io/eventsync/server/http/docs/";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private static final Map<String, File> FILES = Map.of(
            "/openapi.json", new File("", "application/json"),
            "/docs/", new File(OWN + "index.html", HTML),
            "/docs/start.js", new File(OWN + "start.js", SCRIPT),
            "/docs/swagger-ui-bundle.js", new File(UI + "swagger-ui-bundle.js", SCRIPT),
            "/docs/swagger-ui.css", new File(UI + "swagger-ui.css", STYLE),
            "/docs/favicon.png", new File(UI + "favicon-32x32.png", "image/png"));

    private final Vertx vertx;
    private final String version;
    private final Map<String, Future<Page>> loaded = new ConcurrentHashMap<>();

    private record File(String resource, String contentType) {}

    private record Page(Buffer content, String contentType, String etag) {}

    /** @param version of the server, for the API's description */
    public Pages(Vertx vertx, String version) {
        this.vertx = vertx;
        this.version = version;
    }

    boolean has(String path) {
        return path.equals("/docs") || FILES.containsKey(path);
    }

    void handle(HttpServerRequest request, String path) {
        boolean isFolder = path.equals("/docs");
        HttpServerResponse response = request.response();
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            if (!request.method().equals(HttpMethod.OPTIONS)) {
                throw Failure.of(Reason.METHOD_NOT_ALLOWED, request.method() + " is not for this path")
                        .with("allow", ALLOWED);
            }
            response.putHeader("allow", ALLOWED).setStatusCode(204).end();
        } else if (isFolder) {
            // Relative, as all links of the pages are: a proxy may serve them below a path of its own.
            response.setStatusCode(308).putHeader("location", "docs/").end();
        } else {
            page(path)
                    .onComplete(
                            page -> answer(request, page), e -> HttpErrors.answer(request, StatusMapper.failure(e)));
        }
    }

    private Future<Page> page(String path) {
        return loaded.computeIfAbsent(path, p -> vertx.executeBlocking(() -> read(p)));
    }

    private Page read(String path) {
        File file = FILES.get(path);
        if (file == null) {
            throw new IllegalArgumentException(path);
        }
        byte[] content = file.resource().isEmpty()
                ? OpenApi.document(version, operations()).getBytes(StandardCharsets.UTF_8)
                : resource(file.resource());
        return new Page(Buffer.buffer(content), file.contentType(), Webjars.etag(content));
    }

    private static List<OpenApi.Operation> operations() {
        return new Routes(Calls.METHODS)
                .all().stream()
                        .map(route -> new OpenApi.Operation(
                                route.method().descriptor(),
                                route.verb().name().toLowerCase(Locale.ROOT),
                                route.path().toString(),
                                route.path().variables(),
                                route.body()))
                        .toList();
    }

    private static void answer(HttpServerRequest request, Page page) {
        HttpServerResponse response = request.response();
        response.putHeader("content-type", page.contentType())
                .putHeader("etag", page.etag())
                .putHeader("cache-control", "no-cache")
                .putHeader(
                        "content-security-policy",
                        "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
                .putHeader("referrer-policy", "no-referrer");
        if (page.etag().equals(request.getHeader("if-none-match"))) {
            response.setStatusCode(304).end();
        } else {
            HttpErrors.end(request, page.content());
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
