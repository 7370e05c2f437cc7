package io.eventsync.server;

import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A bad network in front of a server that may come and go: one port for clients, whatever is behind it. Passes bytes on, with back-pressure
 * in both directions, until it is told to do something else.
 */
public final class FaultProxy implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final NetServer server = vertx.createNetServer(new NetServerOptions().setHost(HOST));
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong cutAfter = new AtomicLong(-1);
    private final int port;

    private volatile int target;
    private volatile long delayMillis;
    private volatile boolean isBlackHole;
    private volatile boolean isRefusing;

    private FaultProxy(int target) {
        this.target = target;
        this.port = TestSql.await(server.connectHandler(this::connect).listen()).actualPort();
    }

    public static FaultProxy to(int target) {
        return new FaultProxy(target);
    }

    public int port() {
        return port;
    }

    public String address() {
        return HOST + ":" + port;
    }

    /** Where new connections go. */
    public void retarget(int newTarget) {
        target = newTarget;
    }

    /** Each portion of bytes arrives this much later. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    /** After so many more bytes to clients, in the middle of whatever that is, their connection is reset. Once. */
    public void cutAfterBytes(long bytes) {
        cutAfter.set(bytes);
    }

    /** Swallows all bytes, of open and new connections, and says nothing; they stay open. */
    public void blackHole() {
        isBlackHole = true;
    }

    /** New connections work again; those that lost bytes never will, so that they are closed. */
    public void heal() {
        isBlackHole = false;
        isRefusing = false;
        delayMillis = 0;
        links.stream().filter(link -> link.isSpoiled).forEach(Link::reset);
    }

    /** New connections work again; those that are open are forgotten, as by a firewall: nobody hears of them any more. */
    public void forget() {
        links.forEach(link -> link.isForgotten = true);
        isBlackHole = false;
    }

    /** The server's side of each connection is closed, the client's is not told. */
    public void halfOpen() {
        links.forEach(Link::loseServer);
    }

    /** Resets all connections. */
    public void cut() {
        links.forEach(Link::reset);
    }

    /** Resets all connections, and new ones until healed. */
    public void refuse() {
        isRefusing = true;
        cut();
    }

    /** Connections that clients have open. */
    public int connections() {
        return links.size();
    }

    /** Connections that clients have opened so far. */
    public int accepted() {
        return accepted.get();
    }

    @Override
    public void close() {
        TestSql.await(vertx.close());
    }

    private void connect(NetSocket near) {
        accepted.incrementAndGet();
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
        private volatile @Nullable NetSocket far;
        private volatile boolean isSpoiled;
        private volatile boolean isServerLost;
        private volatile boolean isForgotten;

        Link(NetSocket near) {
            this.near = near;
        }

        void join(NetSocket joined) {
            far = joined;
            joined.exceptionHandler(reset -> {});
            joined.closeHandler(closed -> {
                if (!isServerLost && !isBlackHole) {
                    reset();
                }
            });
            near.handler(bytes -> pass(bytes, near, joined));
            joined.handler(bytes -> back(bytes, joined));
            near.resume();
        }

        private void back(Buffer bytes, NetSocket from) {
            long left = cutAfter.get();
            if (left < 0) {
                pass(bytes, from, near);
            } else if (bytes.length() < left) {
                cutAfter.addAndGet(-bytes.length());
                pass(bytes, from, near);
            } else {
                cutAfter.set(-1);
                near.write(bytes.slice(0, (int) left)).onComplete(written -> reset());
            }
        }

        private void pass(Buffer bytes, NetSocket from, NetSocket to) {
            if (isForgotten) {
                return;
            }
            if (isBlackHole || isServerLost) {
                isSpoiled = true;
                return;
            }
            if (delayMillis > 0) {
                vertx.setTimer(delayMillis, id -> write(bytes, from, to));
            } else {
                write(bytes, from, to);
            }
        }

        private void write(Buffer bytes, NetSocket from, NetSocket to) {
            to.write(bytes).onFailure(gone -> {});
            if (to.writeQueueFull()) {
                from.pause();
                to.drainHandler(drained -> from.resume());
            }
        }

        void loseServer() {
            isServerLost = true;
            isSpoiled = true;
            if (far != null) {
                far.close().onFailure(gone -> {});
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
}
