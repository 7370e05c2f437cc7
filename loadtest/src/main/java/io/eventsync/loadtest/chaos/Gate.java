package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.Edge;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A network that can be broken: passes bytes on to one port, with back-pressure, until it is told to do something else. */
final class Gate implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final Duration LISTEN_MAX = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final NetClient client;
    private final NetServer server;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final int target;
    private final UnaryOperator<Buffer> first;
    private final int port;

    private volatile long delayMillis;
    private volatile boolean isDropping;
    private volatile boolean isRefusing;

    private Gate(Vertx vertx, int port, int target, UnaryOperator<Buffer> first) {
        this.vertx = vertx;
        this.client = vertx.createNetClient();
        this.server = vertx.createNetServer(new NetServerOptions().setHost(HOST).setPort(port));
        this.target = target;
        this.first = first;
        this.port = port;
    }

    /** @param first changes the first bytes of each connection on their way to the target */
    static Gate open(Vertx vertx, int port, int target, UnaryOperator<Buffer> first) {
        Gate gate = new Gate(vertx, port, target, first);
        Edge.awaitDone(gate.server.connectHandler(gate::connect).listen(), LISTEN_MAX);
        return gate;
    }

    int port() {
        return port;
    }

    /** Each portion of bytes arrives this much later. */
    void delay(long millis) {
        delayMillis = millis;
    }

    /** Swallows all bytes, of open and new connections, and says nothing. */
    void drop() {
        isDropping = true;
    }

    /** Resets all connections, and new ones until healed. */
    void refuse() {
        isRefusing = true;
        links.forEach(Link::reset);
    }

    /**
     * As it should be for new connections.
     *
     * @param isTelling whether those that lost bytes are reset; else they stay open and dead, as after a firewall that forgot them
     */
    void heal(boolean isTelling) {
        isDropping = false;
        isRefusing = false;
        delayMillis = 0;
        if (isTelling) {
            links.stream().filter(link -> link.isSpoiled).forEach(Link::reset);
        }
    }

    @Override
    public void close() {
        Edge.awaitOrElapse(server.close(), LISTEN_MAX);
        links.forEach(Link::reset);
    }

    private void connect(NetSocket near) {
        if (isRefusing) {
            near.close().onFailure(gone -> {});
            return;
        }
        Link link = new Link(near);
        links.add(link);
        near.closeHandler(closed -> link.nearClosed());
        near.exceptionHandler(reset -> {});
        near.pause();
        client.connect(target, HOST).onComplete(link::join, refused -> link.reset());
    }

    /** A client's connection and the one behind it. */
    private final class Link {
        private final NetSocket near;
        private @Nullable NetSocket far;
        private final Way there = new Way();
        private final Way back = new Way();
        private volatile boolean isSpoiled;
        private boolean isBegun;

        Link(NetSocket near) {
            this.near = near;
        }

        void join(NetSocket joined) {
            far = joined;
            joined.exceptionHandler(reset -> {});
            joined.closeHandler(closed -> {
                if (!isDropping && !isSpoiled) {
                    reset();
                }
            });
            near.handler(bytes -> {
                pass(isBegun ? bytes : first.apply(bytes), there, near, joined);
                isBegun = true;
            });
            joined.handler(bytes -> pass(bytes, back, joined, near));
            near.resume();
        }

        private void pass(Buffer bytes, Way way, NetSocket from, NetSocket to) {
            // Bytes after a hole would be garbage to the other side.
            if (isDropping || isSpoiled) {
                isSpoiled = true;
                return;
            }
            if (delayMillis == 0 && way.waiting.isEmpty()) {
                write(bytes, from, to);
                return;
            }
            way.waiting.add(bytes);
            // One for each portion: whenever a timer fires, the oldest is due, so that none overtakes another.
            vertx.setTimer(Math.max(1, delayMillis), id -> write(way.waiting.remove(), from, to));
        }

        private void write(Buffer bytes, NetSocket from, NetSocket to) {
            to.write(bytes).onFailure(gone -> {});
            if (to.writeQueueFull()) {
                from.pause();
                to.drainHandler(drained -> from.resume());
            }
        }

        void reset() {
            near.close().onFailure(gone -> {});
        }

        void nearClosed() {
            links.remove(this);
            if (far != null) {
                far.close().onFailure(gone -> {});
            }
        }
    }

    /** One direction, and what is still on its way there. */
    private static final class Way {
        private final Queue<Buffer> waiting = new ArrayDeque<>();
    }
}
