package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A receiver whose answers a test decides, and that remembers what came. */
public final class TestReceiver implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Map<String, BiConsumer<HttpServerRequest, Received>> byPath = new ConcurrentHashMap<>();

    /** One request. */
    public record Received(String path, MultiMap headers, Buffer body) {
        public String header(String name) {
            return String.valueOf(headers.get(name));
        }
    }

    public TestReceiver() {
        server = await(vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> take(request, body)))
                .listen(0, "127.0.0.1"));
    }

    private void take(HttpServerRequest request, Buffer body) {
        Received one = new Received(request.path(), request.headers(), body);
        received.add(one);
        byPath.getOrDefault(request.path(), (r, all) -> r.response().end()).accept(request, one);
    }

    public String url(String path) {
        return "http://127.0.0.1:" + server.actualPort() + path;
    }

    /** Answers on one path with the status that this says; it may block. */
    public void answer(String path, Function<Received, Integer> decides) {
        answerBy(
                path,
                (request, one) -> vertx.executeBlocking(() -> decides.apply(one), false)
                        .onSuccess(status ->
                                request.response().setStatusCode(status).end("answer " + status)));
    }

    /** Answers on one path in any way. */
    public void answerBy(String path, BiConsumer<HttpServerRequest, Received> next) {
        byPath.put(path, next);
    }

    /** In the order in which they came. */
    public List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
