package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Interruption;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "subscribe",
        aliases = "fanout",
        mixinStandardHelpOptions = true,
        description = "One producer, N subscriptions. Events are deliveries, latency is from sending to each delivery.",
        footer = {
            "",
            "Examples:",
            "  bench subscribe --subscribers 100 --rate 1000         latency at a fixed load",
            "  bench fanout --subscribers 1000                       another name of the same bench",
            "  bench subscribe --subscribers 1000 --match one        each on one tag of 100"
        })
final class BenchSubscribeCommand implements Callable<Integer> {

    @Mixin
    CommonOptions common = new CommonOptions();

    @Mixin
    FanOutOptions fanOut = new FanOutOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SubscribeRun run = new SubscribeRun(common, fanOut);
        try (Interruption interruption = Interruption.stopping(run::stop)) {
            Map<String, Object> result = run.measure("subscribe");
            common.output.print(result, spec.commandLine().getOut());
            return BenchLoad.exitCode(result);
        }
    }
}
