package io.eventsync.server.egress;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A receiver that says what it is told, HTTP or not, and counts who comes. */
final class RawReceiver {
    final AtomicInteger connections = new AtomicInteger();
    /** When the first connection ended. */
    final CompletableFuture<Void> closed = new CompletableFuture<>();

    private final NetServer server;
    private volatile Buffer received = Buffer.buffer();

    private RawReceiver(NetServer server) {
        this.server = server;
    }

    /** Sends the text once a request has come in whole, as far as a blank line tells. */
    static RawReceiver saying(Vertx vertx, String answer) {
        return answering(vertx, socket -> socket.write(answer, "ISO-8859-1"));
    }

    static RawReceiver answering(Vertx vertx, java.util.function.Consumer<NetSocket> answer) {
        return start(vertx, new NetServerOptions(), (socket, head) -> answer.accept(socket));
    }

    /** @param onRequest gets the bytes so far, each time a request's end may have come */
    static RawReceiver start(Vertx vertx, NetServerOptions options, BiConsumer<NetSocket, Buffer> onRequest) {
        NetServer server = vertx.createNetServer(options);
        RawReceiver receiver = new RawReceiver(server);
        server.connectHandler(socket -> {
            receiver.connections.incrementAndGet();
            Buffer sofar = Buffer.buffer();
            socket.exceptionHandler(failure -> {});
            socket.closeHandler(v -> receiver.closed.complete(null));
            socket.handler(data -> {
                sofar.appendBuffer(data);
                if (isWhole(sofar)) {
                    receiver.received = sofar.copy();
                    onRequest.accept(socket, sofar);
                }
            });
        });
        done(server.listen(0, "127.0.0.1"));
        return receiver;
    }

    private static boolean isWhole(Buffer request) {
        String text = request.toString("ISO-8859-1");
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        int at = text.indexOf("content-length: ");
        int length = Integer.parseInt(text.substring(at + 16, text.indexOf("\r\n", at)));
        return text.length() >= end + 4 + length;
    }

    int port() {
        return server.actualPort();
    }

    void stop() {
        done(server.close());
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    String request() {
        return received.toString("ISO-8859-1");
    }

    static void done(io.vertx.core.Future<?> future) {
        Object unused = get(future);
    }

    static <T> T get(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
