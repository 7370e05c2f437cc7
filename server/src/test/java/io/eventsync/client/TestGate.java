package io.eventsync.client;

import io.eventsync.server.TestServer;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An address that stays while the servers behind it come and go. */
final class TestGate implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
    private final NetServer gate;
    private volatile SocketAddress target;

    TestGate(SocketAddress target) {
        this.target = target;
        this.gate = TestServer.await(vertx.createNetServer(
                        new NetServerOptions().setHost("127.0.0.1").setPort(0))
                .connectHandler(this::connect)
                .listen());
    }

    int port() {
        return gate.actualPort();
    }

    void to(SocketAddress other) {
        target = other;
    }

    /** Breaks every connection there is. */
    void cut() {
        open.forEach(NetSocket::close);
    }

    private void connect(NetSocket near) {
        near.pause();
        vertx.createNetClient()
                .connect(target)
                .onSuccess(far -> {
                    join(near, far);
                    join(far, near);
                    near.resume();
                })
                .onFailure(refused -> near.close());
    }

    private void join(NetSocket from, NetSocket to) {
        open.add(from);
        from.handler(to::write);
        from.closeHandler(closed -> {
            open.remove(from);
            to.close();
        });
    }

    @Override
    public void close() {
        TestServer.await(vertx.close());
    }
}
