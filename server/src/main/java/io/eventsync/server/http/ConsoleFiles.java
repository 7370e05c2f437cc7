package io.eventsync.server.http;

import io.eventsync.server.grpc.StatusMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The console: files from the jar, open to everybody, as there is nothing in them but the program. What it shows comes from the calls of
 * the contract, with the caller's token. Read on first use; any event loop may ask.
 */
final class ConsoleFiles {
    private static final String FOLDER = "/io/eventsync/server/console/";
    /** Where the console looks for its library, beside the files of ours. */
    private static final String LIT = "lit/";

    static final Set<String> LIT_FILES =
            Set.of("lit-html.js", "directive.js", "directive-helpers.js", "directives/repeat.js");
    private static final String PATH = "/console/";
    private static final String INDEX = "index.html";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]{0,40}\\.(js|css|svg)");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private final Vertx vertx;
    private final Map<String, Future<File>> loaded = new ConcurrentHashMap<>();

    private record File(Buffer plain, Buffer zipped, String contentType, String etag) {}

    ConsoleFiles(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The root is the console's for browsers only: programs get the answer that they always got there. */
    boolean has(HttpServerRequest request, String path) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return false;
        }
        return path.equals("/")
                ? wantsHtml(request)
                : path.equals("/console") || name(path).isPresent();
    }

    private static boolean wantsHtml(HttpServerRequest request) {
        String accept = request.getHeader("accept");
        return accept != null
                && Negotiation.choose(accept, List.of("application/json", "text/html"))
                        .filter("text/html"::equals)
                        .isPresent();
    }

    /** Of a file that is there. */
    private static Optional<String> name(String path) {
        if (!path.startsWith(PATH)) {
            return Optional.empty();
        }
        String name = path.substring(PATH.length());
        boolean isKnown = name.startsWith(LIT)
                ? LIT_FILES.contains(name.substring(LIT.length()))
                : NAME.matcher(name).matches();
        return isKnown && ConsoleFiles.class.getResource(resource(name)) != null ? Optional.of(name) : Optional.empty();
    }

    static String resource(String name) {
        return name.startsWith(LIT)
                ? "/META-INF/resources/webjars/lit-html/" + Webjars.version("org.webjars.npm", "lit-html") + "/"
                        + name.substring(LIT.length())
                : FOLDER + name;
    }

    void handle(HttpServerRequest request, String path) {
        if (path.equals("/console")) {
            request.response().setStatusCode(308).putHeader("location", "./").end();
            return;
        }
        String name = name(path).orElse(INDEX);
        loaded.computeIfAbsent(name, n -> vertx.executeBlocking(() -> read(n)))
                .onComplete(file -> answer(request, file), e -> HttpErrors.answer(request, StatusMapper.failure(e)));
    }

    private static File read(String name) {
        byte[] content = bytes(resource(name));
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        return new File(
                Buffer.buffer(content),
                Buffer.buffer(zipped(content)),
                type == null ? "application/octet-stream" : type,
                Webjars.etag(content));
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = ConsoleFiles.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] zipped(byte[] content) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }

    private static void answer(HttpServerRequest request, File file) {
        HttpServerResponse response = request.response();
        response.putHeader("content-type", file.contentType())
                .putHeader("etag", file.etag())
                .putHeader("cache-control", "no-cache")
                .putHeader("vary", "accept, accept-encoding")
                .putHeader(
                        "content-security-policy",
                        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
                .putHeader("referrer-policy", "no-referrer");
        if (file.etag().equals(request.getHeader("if-none-match"))) {
            response.setStatusCode(304).end();
        } else if (takesGzip(request.getHeader("accept-encoding"))) {
            response.putHeader("content-encoding", "gzip");
            HttpErrors.end(request, file.zipped());
        } else {
            HttpErrors.end(request, file.plain());
        }
    }

    private static boolean takesGzip(@Nullable String encodings) {
        return encodings != null
                && encodings.matches("(?i)(.*,)?\\s*gzip\\s*(;\\s*q=(1(\\.0*)?|0?\\.\\d*[1-9]\\d*))?\\s*(,.*)?");
    }
}
