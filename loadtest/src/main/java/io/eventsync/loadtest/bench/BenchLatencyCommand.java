package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Interruption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description =
                "From ingest to receipt: one producer at a fixed rate, subscriptions that wait. Open loop: latency counts from"
                        + " the time an event was due, and what is late is waited for. One result for each rate.",
        footer = {
            "",
            "Examples:",
            "  bench latency --rate 100,1000,5000",
            "  bench latency --rate 500 --subscribers 20 --duration 1m --output json"
        })
final class BenchLatencyCommand implements Callable<Integer> {

    private static final int CONNECTIONS_MAX = 4;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Option(
            names = "--rate",
            split = ",",
            paramLabel = "R",
            description = "Events a second, one or more rates, one after the other (default 100,1000).")
    List<Double> rates = List.of(100.0, 1_000.0);

    @Option(
            names = "--subscribers",
            paramLabel = "N",
            description = "Open subscriptions, each on every event (default 1).")
    int subscribers = 1;

    @Option(names = "--size", paramLabel = "BYTES", description = "Bytes of the JSON payload (default 256).")
    int size = 256;

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final AtomicReference<@Nullable SubscribeRun> current = new AtomicReference<>();
    private volatile boolean isStopped;

    @Override
    public Integer call() {
        if (subscribers < 1 || rates.stream().anyMatch(rate -> !(rate > 0))) {
            throw new ParameterException(spec.commandLine(), "--rate and --subscribers have to be more than 0.");
        }
        int exitCode = 0;
        try (Interruption interruption = Interruption.stopping(this::stop)) {
            for (double rate : rates) {
                if (!isStopped) {
                    exitCode = Math.max(exitCode, measure(rate));
                }
            }
        }
        return exitCode;
    }

    private int measure(double rate) {
        FanOutOptions fanOut = new FanOutOptions();
        fanOut.rate = rate;
        fanOut.subscribers = subscribers;
        fanOut.connections = Math.min(subscribers, CONNECTIONS_MAX);
        fanOut.size = size;
        SubscribeRun run = new SubscribeRun(common, fanOut);
        current.set(run);
        Map<String, Object> result = run.measure("latency");
        common.output.print(result, spec.commandLine().getOut());
        return BenchLoad.exitCode(result);
    }

    private void stop() {
        isStopped = true;
        SubscribeRun run = current.get();
        if (run != null) {
            run.stop();
        }
    }
}
