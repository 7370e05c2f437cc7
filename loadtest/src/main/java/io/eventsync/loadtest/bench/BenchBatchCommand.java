package io.eventsync.loadtest.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        description =
                "Durable ingest, --batch events a call (IngestBatch). Events are counted, latency is of the call.",
        footer = {"", "Example:", "  bench batch --target localhost:7300 --batch 100 --in-flight 32"})
final class BenchBatchCommand implements Callable<Integer> {

    @Mixin
    CommonOptions common = new CommonOptions();

    @Mixin
    LoadOptions load = new LoadOptions();

    @Mixin
    CompareOptions compare = new CompareOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Comparison comparison =
                new Comparison(common, load, compare.rounds, spec.commandLine().getOut());
        if (compare.isComparing) {
            return comparison.withEcho(LoadMode.BATCH);
        }
        return BenchLoad.run(
                "batch", common, load, LoadMode.BATCH, spec.commandLine().getOut());
    }
}
