package io.eventsync.loadtest;

import io.eventsync.loadtest.bench.BenchCommand;
import io.eventsync.loadtest.bench.EchoServerCommand;
import io.eventsync.loadtest.chaos.ChaosCommand;
import io.eventsync.loadtest.check.CheckCommand;
import io.eventsync.loadtest.generate.GenerateCommand;
import io.eventsync.loadtest.orders.OrdersCommand;
import io.eventsync.loadtest.propagate.PropagateCommand;
import io.eventsync.loadtest.read.SubscribeCommand;
import io.eventsync.loadtest.read.SyncCommand;
import io.eventsync.loadtest.receiver.ReceiverCommand;
import io.eventsync.loadtest.replay.ReplayCommand;
import io.eventsync.loadtest.report.ReportCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The load tester's command line. */
@Command(
        name = "eventsync-loadtest",
        mixinStandardHelpOptions = true,
        description = "Feeds, reads, measures and checks a running EventSync server.",
        subcommands = {
            ReplayCommand.class,
            GenerateCommand.class,
            PropagateCommand.class,
            OrdersCommand.class,
            SubscribeCommand.class,
            SyncCommand.class,
            CheckCommand.class,
            ChaosCommand.class,
            BenchCommand.class,
            ReportCommand.class,
            ReceiverCommand.class,
            EchoServerCommand.class
        },
        footer = {
            "",
            "First steps with a server on localhost:7300:",
            "  replay --sample 10000                              send ten thousand sample events",
            "  sync --out log.jsonl --until-idle 2s               read the whole log into a file",
            "  check --duration 10s                               write and read at once, then check every promise",
            "  chaos --faults kill-server,freeze                  start servers, break them, and check every promise",
            "  bench ingest                                       how fast it is",
            "  bench ingest --output json >> bench.jsonl; report bench.jsonl",
            "  generate --to eventsync --sessions 20              the log of a shop, line by line",
            "  propagate --events events.json --interval 1s       a random event of a file every second",
            "  orders                                             an order service on localhost:3001",
            "  receiver --mode a=fail:5                           a webhook receiver on localhost:9000 that misbehaves",
            "",
            "Exit codes: 0 done, 1 something was refused, lost or wrong, 2 the command line was not understood."
        })
public final class Main implements Runnable {

    @Spec
    CommandSpec spec = CommandSpec.create();

    /** The command line as it runs in a process; tests give it their own writers. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    PrintWriter err = command.getErr();
                    err.println(Edge.describe(failure));
                    err.flush();
                    return 1;
                });
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to do: replay, generate, propagate, orders, subscribe, sync, check, chaos, bench, report or receiver.");
    }
}
