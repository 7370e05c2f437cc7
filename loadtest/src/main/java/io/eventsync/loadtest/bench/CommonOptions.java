package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.OutputOption;
import io.eventsync.loadtest.ServerOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every bench has: where, for how long, whose CPU, and how to print. */
final class CommonOptions {

    @Mixin
    ServerOption server = new ServerOption();

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

    @Mixin
    OutputOption output = new OutputOption();

    void describe(Map<String, Object> result) {
        result.put("target", server.target().toString());
        result.put("warmup_s", warmup.toMillis() / 1e3);
        result.put("duration_s", duration.toMillis() / 1e3);
        result.put("event_loops", eventLoops);
    }
}
