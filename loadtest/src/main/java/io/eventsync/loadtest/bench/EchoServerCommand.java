package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "echo-server",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "A no-op Ingest server: prints its port, serves until its standard input ends.")
public final class EchoServerCommand implements Callable<Integer> {

    private static final int EVENT_LOOPS = 2;
    private static final Duration START_MAX = Duration.ofSeconds(10);

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where to listen on loopback; 0 takes a free one (default 0).")
    int port;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Vertx vertx = Edge.vertx(EVENT_LOOPS);
        List<EchoServer> servers = new ArrayList<>();
        List<Future<String>> deployed = new ArrayList<>();
        for (int i = 0; i < EVENT_LOOPS; i++) {
            // Servers of one Vertx on one port share its connections; -1 is a free port that they share.
            EchoServer server = new EchoServer(port == 0 ? -1 : port);
            servers.add(server);
            deployed.add(vertx.deployVerticle(server));
        }
        Edge.awaitDone(Future.all(deployed), START_MAX);
        PrintWriter out = spec.commandLine().getOut();
        out.println(servers.get(0).actualPort());
        out.flush();
        // The parent holds the other end of the pipe: when it dies in any way, this server ends too.
        System.in.transferTo(OutputStream.nullOutputStream());
        Edge.close(vertx);
        return 0;
    }
}
