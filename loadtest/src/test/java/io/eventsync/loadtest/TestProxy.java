package io.eventsync.loadtest;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.io.File;
import java.time.Duration;

/** A process that can be killed without a loss: it passes bytes on to a server in the test's own. */
public final class TestProxy {

    private TestProxy() {}

    /** What to start; the port to listen on is added to it as {@code --server-port=N}. */
    public static String command(int port) {
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        return java + " -Xmx64m -cp " + System.getProperty("java.class.path") + " " + TestProxy.class.getName() + " "
                + port;
    }

    public static void main(String[] args) {
        Vertx vertx = Edge.vertx(1);
        int target = Integer.parseInt(args[0]);
        int port = Integer.parseInt(args[1].substring(args[1].indexOf('=') + 1));
        Edge.awaitDone(
                vertx.createNetServer(
                                new NetServerOptions().setHost("127.0.0.1").setPort(port))
                        .connectHandler(near -> connect(vertx, near, target))
                        .listen(),
                Duration.ofSeconds(10));
    }

    private static void connect(Vertx vertx, NetSocket near, int target) {
        near.pause();
        vertx.createNetClient()
                .connect(target, "127.0.0.1")
                .onSuccess(far -> {
                    near.handler(far::write);
                    far.handler(near::write);
                    near.closeHandler(closed -> far.close());
                    far.closeHandler(closed -> near.close());
                    near.resume();
                })
                .onFailure(failure -> near.close());
    }
}
