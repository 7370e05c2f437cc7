package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.StopSignal;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "connections",
        mixinStandardHelpOptions = true,
        description =
                "Opens many Subscribe streams and leaves them alone: memory of the server for each, its CPU while nothing"
                        + " happens, then a few events and who got them. --duration is how long it looks at the idle server,"
                        + " before and after; --warmup does not apply.",
        footer = {
            "",
            "Memory needs --server-pid: live objects by jcmd of this JDK, which collects garbage first, and RSS and PSS.",
            "RSS tells about streams only if the server's heap was touched before (-Xms = -Xmx, -XX:+AlwaysPreTouch).",
            "The server allows 10000 streams unless it says otherwise (--subscription-max).",
            "",
            "Examples:",
            "  bench connections --server-pid 4711",
            "  bench connections --streams 2000 --connections 4 --events 20 --duration 5s"
        })
final class BenchConnectionsCommand implements Callable<Integer> {

    private static final int STREAMS_MAX = 1_000_000;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Option(names = "--streams", paramLabel = "N", description = "Streams in all (default 10000).")
    int streams = 10_000;

    @Option(names = "--connections", paramLabel = "N", description = "HTTP/2 connections that share them (default 10).")
    int connections = 10;

    @Option(names = "--events", paramLabel = "N", description = "Events that all streams get in the end (default 5).")
    int events = 5;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (streams < 1 || streams > STREAMS_MAX || connections < 1 || connections > streams || events < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--streams is 1 to " + STREAMS_MAX + ", --connections 1 to as many, --events 0 or more.");
        }
        PrintWriter out = spec.commandLine().getOut();
        StopSignal stop = new StopSignal();
        try (Interruption interruption = Interruption.stopping(stop::stop)) {
            Map<String, Object> result = new ConnectionsRun(common, streams, connections, events, stop).measure();
            common.output.print(result, out);
            boolean isWhole = Long.valueOf(streams).equals(result.get("open"))
                    && Long.valueOf(0).equals(result.get("missing"));
            return isWhole ? 0 : 1;
        } catch (RuntimeException e) {
            out.println("cannot measure " + common.server.target() + ": " + Edge.describe(e));
            out.flush();
            return 1;
        }
    }
}
