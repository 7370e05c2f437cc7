package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "overload",
        mixinStandardHelpOptions = true,
        description = {
            "Several times as much as the server can store: how much of what it can do it still does, how it refuses the rest, and how soon",
            "it is as fast as before. Four runs of Ingest, or with --batch of IngestBatch: as fast as answers come (the peak), half of that,",
            "the overload, half of that again."
        },
        footer = {
            "",
            "Fails if less than 90 %% of the peak was stored during the overload, if a call failed other than by RESOURCE_EXHAUSTED with a",
            "time to retry, or if 5 s later the p99 of half the load was over twice what it was before and over 5 ms more.",
            "",
            "Example:",
            "  bench overload --target localhost:7300 --factor 3 --connections 64"
        })
final class BenchOverloadCommand implements Callable<Integer> {

    @Mixin
    CommonOptions common = new CommonOptions();

    @Mixin
    LoadOptions load = new LoadOptions();

    @Option(names = "--factor", paramLabel = "F", description = "How many times the peak is asked for (default 3).")
    double factor = 3;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        OverloadRun run = new OverloadRun(common, load, factor, out);
        try (Interruption interruption = Interruption.stopping(run::stop)) {
            return run.measure() ? 0 : 1;
        } catch (RuntimeException e) {
            out.println("cannot measure " + common.server.target() + ": " + Edge.describe(e));
            out.flush();
            return 1;
        }
    }
}
