package io.eventsync.server.http;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.eventsync.server.auth.Authenticator;
import io.eventsync.server.auth.ClientCertificate;
import io.eventsync.server.auth.Credentials;
import io.eventsync.server.auth.Principal;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.grpc.Calls;
import io.eventsync.server.grpc.StatusMapper;
import io.eventsync.server.http.json.JsonOutput;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * JSON over HTTP: finds the method by its {@code google.api.http} rule, reads the request into its message, and calls what gRPC calls.
 * One per event loop.
 */
final class HttpFace {
    private static final String GRPC_ALLOWED = "OPTIONS, POST";
    private static final byte[] NOTHING = {};
    private static final long BODY_MILLIS_MAX = 10_000;

    private final Vertx vertx;
    private final HttpConfig config;
    private final Authenticator authenticator;
    private final Calls calls;
    private final Routes routes = new Routes(Calls.METHODS);
    private final HostCheck hosts;
    private final Cors cors;
    private final ConsoleFiles console;
    private final Pages pages;
    private final MoreRoutes more;
    private final Map<Calls.Method, JsonOutput> outputs = new HashMap<>();
    private final Map<String, FrameRenderer> renderers = new HashMap<>();

    HttpFace(Vertx vertx, HttpConfig config, Authenticator authenticator, Calls calls, Pages pages, MoreRoutes more) {
        this.vertx = vertx;
        this.config = config;
        this.authenticator = authenticator;
        this.calls = calls;
        this.hosts = new HostCheck(config.host(), config.hostSet());
        this.cors = new Cors(config.corsOriginSet());
        this.console = new ConsoleFiles(vertx);
        this.pages = pages;
        this.more = more;
    }

    /** Whether the page that may be behind it may call; else it is answered. For all that a browser can send. */
    boolean admits(HttpServerRequest request) {
        try {
            hosts.admit(request);
            cors.admit(request);
            return true;
        } catch (RuntimeException e) {
            HttpErrors.answer(request, StatusMapper.failure(e));
            return false;
        }
    }

    void handle(HttpServerRequest request) {
        request.response().putHeader("x-content-type-options", "nosniff");
        if (!admits(request)) {
            return;
        }
        try {
            if (request.uri().equals("*") && request.method().equals(HttpMethod.OPTIONS)) {
                request.response().setStatusCode(204).end();
                return;
            }
            RequestTarget target = RequestTarget.parse(request.uri());
            if (console.has(request, target.path())) {
                console.handle(request, target.path());
            } else if (pages.has(target.path())) {
                page(request, target.path());
            } else if (more.has(target.path())) {
                more(request, target);
            } else {
                dispatch(request, target);
            }
        } catch (RuntimeException e) {
            HttpErrors.answer(request, StatusMapper.failure(e));
        }
    }

    /** Pages are for those who may call. */
    private void page(HttpServerRequest request, String path) {
        principal(request)
                .onComplete(
                        principal -> {
                            try {
                                pages.handle(request, path);
                            } catch (Failure refused) {
                                HttpErrors.answer(request, refused);
                            }
                        },
                        refused -> {
                            // Browsers ask for a password then, and send it with every request of the page.
                            request.response().putHeader("www-authenticate", "Basic realm=\"eventsync\"");
                            HttpErrors.answer(request, Failure.storeUnavailable(refused));
                        });
    }

    private Future<Principal> principal(HttpServerRequest request) {
        return authenticator.principal(Credentials.of(
                request.getHeader(HttpHeaders.AUTHORIZATION), ClientCertificate.name(request.connection())));
    }

    private void more(HttpServerRequest request, RequestTarget target) {
        if (request.method().equals(HttpMethod.OPTIONS)) {
            options(request, String.join(", ", more.methods(target.path())));
            return;
        }
        Map<String, String> query = new HashMap<>();
        target.query().forEach(parameter -> query.put(parameter.name(), parameter.value()));
        Future<byte[]> body = more.isOpen(target.path()) ? Future.succeededFuture(NOTHING) : known(request);
        body.compose(text -> more.answer(
                        request, calls, target.path(), part -> RequestTarget.decode(part, false), query, text))
                .onComplete(
                        answer -> {
                            request.response()
                                    .setStatusCode(answer.status())
                                    .putHeader("content-type", answer.contentType())
                                    .putHeader("cache-control", "no-store")
                                    .putHeader("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
                            answer.headers().forEach(request.response()::putHeader);
                            HttpErrors.end(request, Buffer.buffer(answer.body()));
                        },
                        e -> HttpErrors.answer(request, StatusMapper.failure(e)));
    }

    /** The body of one who is known; nobody else's is read. */
    private Future<byte[]> known(HttpServerRequest request) {
        Future<Principal> principal = principal(request);
        Future<byte[]> body = principal.compose(
                v -> request.method().equals(HttpMethod.POST) ? bodyInTime(request) : Future.succeededFuture(NOTHING));
        if (!principal.isComplete()) {
            request.pause();
            // After the body has its reader.
            principal.onComplete(v -> request.resume());
        }
        return body;
    }

    private Future<byte[]> bodyInTime(HttpServerRequest request) {
        requireJson(request);
        Promise<byte[]> body = Promise.promise();
        long timer = vertx.setTimer(
                BODY_MILLIS_MAX,
                t -> body.tryFail(Failure.of(Reason.MESSAGE_MALFORMED, "the request did not arrive within 10 s")));
        BodyReader.read(request, config.requestBytesMax()).onComplete(read -> {
            vertx.cancelTimer(timer);
            boolean unused = read.succeeded() ? body.tryComplete(read.result()) : body.tryFail(read.cause());
        });
        return body.future();
    }

    private void dispatch(HttpServerRequest request, RequestTarget target) {
        List<Routes.Match> matches = routes.find(target);
        if (matches.isEmpty()) {
            if (request.method().equals(HttpMethod.OPTIONS) && isMethod(target)) {
                options(request, GRPC_ALLOWED); // what a browser asks before a page speaks gRPC-Web
                return;
            }
            throw unknown(request, target);
        }
        HttpMethod verb = request.method().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.method();
        Optional<Routes.Match> match =
                matches.stream().filter(m -> m.route().verb().equals(verb)).findFirst();
        if (match.isPresent()) {
            call(request, target, match.get());
        } else {
            if (!verb.equals(HttpMethod.OPTIONS)) {
                throw Failure.of(Reason.METHOD_NOT_ALLOWED, request.method() + " is not for this path")
                        .with("allow", allowed(matches));
            }
            options(request, allowed(matches));
        }
    }

    private static void options(HttpServerRequest request, String allowed) {
        request.response().putHeader("allow", allowed).setStatusCode(204).end();
    }

    private static String allowed(List<Routes.Match> matches) {
        TreeSet<String> verbs = new TreeSet<>(List.of("OPTIONS"));
        matches.forEach(match -> verbs.add(match.route().verb().name()));
        if (verbs.contains("GET")) {
            verbs.add("HEAD");
        }
        return String.join(", ", verbs);
    }

    private static boolean isMethod(RequestTarget target) {
        String path = target.path().substring(1);
        return Calls.METHODS.stream().anyMatch(method -> method.path().equals(path));
    }

    private static Failure unknown(HttpServerRequest request, RequestTarget target) {
        if (!isMethod(target)) {
            return Failure.of(Reason.ROUTE_UNKNOWN, "there is nothing at this path; /docs shows what there is")
                    .with("path", target.path());
        }
        if (request.method().equals(HttpMethod.POST)) {
            return Failure.of(
                    Reason.MEDIA_TYPE_UNSUPPORTED, "this path speaks gRPC: content-type must be application/grpc");
        }
        return Failure.of(Reason.METHOD_NOT_ALLOWED, "this path speaks gRPC, which is POST")
                .with("allow", GRPC_ALLOWED);
    }

    private void call(HttpServerRequest request, RequestTarget target, Routes.Match match) {
        Route route = match.route();
        requireReadable(request, route);
        HttpWire wire = wire(request, route.method());
        calls.begin(route.method(), wire)
                .ifPresent(call -> body(request, route)
                        .onComplete(text -> message(call, wire, target, match, text), call::refuse));
    }

    private Future<byte[]> body(HttpServerRequest request, Route route) {
        return route.hasBody() ? BodyReader.read(request, config.requestBytesMax()) : Future.succeededFuture(NOTHING);
    }

    private static void message(
            Calls.Incoming call, HttpWire wire, RequestTarget target, Routes.Match match, byte[] text) {
        Message.Builder message;
        try {
            message = match.route().read(match.bindings(), target.query(), text);
            if (wire instanceof StreamWire stream) {
                resume(message, wire.headers().get("last-event-id"));
                if (stream.isEventSource()) {
                    splitBatches(message);
                }
            }
        } catch (RuntimeException refused) {
            call.refuse(refused);
            return;
        }
        call.message(message.build());
    }

    /** What EventSource sends when it comes back; wins over the start in its URL, which is that of its first connection. */
    private static void resume(Message.Builder message, @org.jspecify.annotations.Nullable String cursor) {
        if (cursor == null || cursor.isEmpty()) {
            return;
        }
        FieldDescriptor start = message.getDescriptorForType().findFieldByName("start");
        Message.Builder into =
                start == null ? message : message.clearField(start).getFieldBuilder(start);
        into.setField(into.getDescriptorForType().findFieldByName("cursor"), cursor);
    }

    /** Unless the client wants it otherwise: with one event a message, each has an id of its own to come back with. */
    private static void splitBatches(Message.Builder message) {
        FieldDescriptor most = message.getDescriptorForType().findFieldByName("max_batch");
        if (message.getField(most).equals(0)) {
            message.setField(most, 1);
        }
    }

    private static void requireReadable(HttpServerRequest request, Route route) {
        String encoding = request.getHeader("content-encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw Failure.of(Reason.ENCODING_UNSUPPORTED, "the body must not be compressed")
                    .with("content-encoding", encoding);
        }
        String transfer = request.getHeader("transfer-encoding");
        if (transfer != null && !transfer.equalsIgnoreCase("chunked")) {
            throw Failure.of(Reason.ENCODING_UNSUPPORTED, "transfer-encoding must be chunked")
                    .with("transfer-encoding", transfer);
        }
        boolean isAnnounced = announcesBody(request);
        if (isAnnounced && !route.hasBody()) {
            throw Failure.of(Reason.MESSAGE_MALFORMED, request.method() + " takes no body here");
        }
        // Over HTTP/2 nothing needs to be announced: whether a body comes shows when it does.
        boolean mayCome = request.version() == HttpVersion.HTTP_2
                && request.getHeader("content-length") == null
                && !request.isEnded();
        if (isAnnounced || (mayCome && route.hasBody())) {
            requireJson(request);
        }
    }

    private static void requireJson(HttpServerRequest request) {
        String type = request.getHeader("content-type");
        if (type == null || !isJson(type)) {
            throw Failure.of(
                            Reason.MEDIA_TYPE_UNSUPPORTED,
                            "content-type must be application/json; curl sends it with --json instead of -d")
                    .with("content-type", String.valueOf(type));
        }
    }

    private static boolean announcesBody(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        return length == null ? request.headers().contains("transfer-encoding") : !length.equals("0");
    }

    private static boolean isJson(String contentType) {
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        boolean isUtf8 = true;
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            isUtf8 &= !parameter.startsWith("charset=") || parameter.equals("charset=utf-8");
        }
        return isUtf8 && parts[0].strip().equals("application/json");
    }

    private HttpWire wire(HttpServerRequest request, Calls.Method method) {
        List<String> offered = method.isStream() ? StreamFormat.TYPES : List.of("application/json");
        String accept = request.headers().contains("accept")
                ? String.join(",", request.headers().getAll("accept"))
                : null;
        String chosen = Negotiation.choose(accept, offered)
                .orElseThrow(() ->
                        Failure.of(Reason.NOT_ACCEPTABLE, "this path answers with " + String.join(", ", offered)));
        if (!method.isStream()) {
            return new UnaryWire(
                    request, method.response(), outputs.computeIfAbsent(method, m -> JsonOutput.answers(m.response())));
        }
        StreamFormat format = StreamFormat.of(chosen);
        return new StreamWire(
                vertx,
                request,
                format,
                renderers.computeIfAbsent(method.path() + format, key -> new FrameRenderer(method.response(), format)),
                config.requestTimeout());
    }
}
