package io.eventsync.loadtest.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "stream",
        mixinStandardHelpOptions = true,
        description =
                "Durable ingest on one IngestStream per connection. Each unit is one append of --batch events (default 1).",
        footer = {"", "Example:", "  bench stream --target localhost:7300 --in-flight 256 --server-pid 4711"})
final class BenchStreamCommand implements Callable<Integer> {

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
            return comparison.withEcho(LoadMode.STREAM);
        }
        return BenchLoad.run(
                "stream", common, load, LoadMode.STREAM, spec.commandLine().getOut());
    }
}
