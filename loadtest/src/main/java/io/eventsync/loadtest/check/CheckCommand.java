package io.eventsync.loadtest.check;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.OutputOption;
import io.eventsync.loadtest.ServerOption;
import io.eventsync.loadtest.history.HistoryChecker;
import io.eventsync.loadtest.webhook.WebhookCheckCommand;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        subcommands = WebhookCheckCommand.class,
        description =
                "Writes and reads at once, breaks and resumes the readers' streams, reads the log in the end, and holds"
                        + " it all to the promises: ORDERED, UNIQUE, RELIABLE, RESUMABLE, BOOKMARKABLE, FILTER, REAL_TIME_ORDER,"
                        + " DURABLE. Kill and restart the server meanwhile to make it interesting.",
        footer = {
            "",
            "Examples:",
            "  check --duration 10s",
            "  check webhooks --help          the same for deliveries to webhooks",
            "  check --duration 2m --writers 32 --readers 12    and, elsewhere: kill -9 the server, start it again",
            "",
            "Events have tags CHECK.T0 to CHECK.T9. Ends with exit code 1 and the violations if a promise is broken."
        })
public final class CheckCommand implements Callable<Integer> {

    @Mixin
    ServerOption server = new ServerOption();

    @Option(names = "--writers", paramLabel = "N", description = "Writers, one event in flight each (default 8).")
    int writers = 8;

    @Option(
            names = "--readers",
            paramLabel = "N",
            description = "Readers with different filters; every fourth reads by Sync (default 4).")
    int readers = 4;

    @Option(
            names = "--duration",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "How long to write (default 10s).")
    Duration duration = Duration.ofSeconds(10);

    @Option(
            names = "--interrupt-every",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "How often a reader's stream is dropped and resumed (default 250ms).")
    Duration interruptEvery = Duration.ofMillis(250);

    @Option(
            names = "--give-up-after",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "Fail when the server was away for this long (default 60s).")
    Duration giveUpAfter = Duration.ofSeconds(60);

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Vertx vertx = Edge.vertx(2);
        CheckRun run = new CheckRun(vertx, server.target(), giveUpAfter);
        try (Interruption interruption = Interruption.stopping(run::stop)) {
            run.run(writers, readers, duration, interruptEvery);
            List<String> violations = new ArrayList<>(run.late());
            HistoryChecker.check(run.recorder().history()).forEach(violation -> violations.add(violation.toString()));
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("acknowledged", run.recorder().ackedCount());
            result.put("reconnects", run.reconnects());
            result.put("violations", violations);
            output.print(result, spec.commandLine().getOut());
            return violations.isEmpty() ? 0 : 1;
        } finally {
            Edge.close(vertx);
        }
    }
}
