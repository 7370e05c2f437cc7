package io.eventsync.loadtest.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures a server. Every result names all its parameters; CPU is in seconds per 1,000 events.",
        subcommands = {
            BenchIngestCommand.class,
            BenchBatchCommand.class,
            BenchStreamCommand.class,
            BenchSubscribeCommand.class,
            BenchLatencyCommand.class,
            BenchConnectionsCommand.class,
            BenchSyncCommand.class,
            BenchGrowthCommand.class,
            BenchEchoCommand.class,
            BenchBulkCommand.class,
            BenchOverloadCommand.class,
            BenchWebhookCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  bench ingest --target localhost:7300 --server-pid $(pgrep -f eventsync-server)",
            "  bench subscribe --subscribers 100 --match one --rate 5000 --output json",
            "  bench latency --rate 100,1000,5000 --output json >> bench.jsonl; report bench.jsonl",
            "",
            "Ctrl-C ends a bench early and prints what was measured so far."
        })
public final class BenchCommand implements Runnable {

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to measure: ingest, batch, stream, subscribe (or fanout), latency, connections, sync, growth, echo,"
                        + " bulk, overload or webhook.");
    }
}
