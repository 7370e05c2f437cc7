package io.eventsync.loadtest.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = "Durable ingest, one event a call (Ingest).",
        footer = {
            "",
            "Examples:",
            "  bench ingest --target localhost:7300                  as fast as 256 calls in flight go",
            "  bench ingest --rate 1000 --duration 30s               latency at a fixed load",
            "  bench ingest --http --rounds 3                        JSON over HTTP beside gRPC",
            "  bench ingest --compare --rounds 3 --server-pid 4711   against the same stack without a log"
        })
final class BenchIngestCommand implements Callable<Integer> {

    @Mixin
    CommonOptions common = new CommonOptions();

    @Mixin
    LoadOptions load = new LoadOptions();

    @Mixin
    CompareOptions compare = new CompareOptions();

    @Option(
            names = "--http",
            description = "Measure gRPC and JSON over HTTP in turn, and print the ratio of the medians.")
    boolean isHttp;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Comparison comparison =
                new Comparison(common, load, compare.rounds, spec.commandLine().getOut());
        if (isHttp) {
            return comparison.httpWithGrpc();
        }
        if (compare.isComparing) {
            return comparison.withEcho(LoadMode.INGEST);
        }
        return BenchLoad.run(
                "ingest", common, load, LoadMode.INGEST, spec.commandLine().getOut());
    }
}
