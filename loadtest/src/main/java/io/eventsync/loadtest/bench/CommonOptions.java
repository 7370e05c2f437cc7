package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Output;
import io.eventsync.loadtest.TargetText;
import io.eventsync.loadtest.rpc.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What every bench has: where, for how long, whose CPU, and how to print. */
final class CommonOptions {

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            converter = TargetText.class,
            description = "The server (default localhost:7300).")
    Target target = new Target("localhost", 7300);

    @Option(
            names = "--warmup",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "Load before measuring, such as 500ms or 3s (default 3s).")
    Duration warmup = Duration.ofSeconds(3);

    @Option(
            names = "--duration",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "How long to measure (default 10s).")
    Duration duration = Duration.ofSeconds(10);

    @Option(names = "--event-loops", paramLabel = "N", description = "Threads of this client (default 2).")
    int eventLoops = 2;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description = "Process of the server; its CPU is measured with all its children. Repeatable: give the"
                    + " postmaster too if it is not a child.")
    List<Long> serverPids = List.of();

    @Option(
            names = "--output",
            paramLabel = "text|json",
            description = "text for people, json for one object a line (default text).")
    Output output = Output.TEXT;

    void describe(Map<String, Object> result) {
        result.put("target", target.toString());
        result.put("warmup_s", warmup.toMillis() / 1e3);
        result.put("duration_s", duration.toMillis() / 1e3);
        result.put("event_loops", eventLoops);
    }
}
