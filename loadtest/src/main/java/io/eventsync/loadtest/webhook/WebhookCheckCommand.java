package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.Output;
import io.eventsync.loadtest.OutputOption;
import io.eventsync.loadtest.TargetText;
import io.eventsync.loadtest.cluster.Cluster;
import io.eventsync.loadtest.cluster.ServerNode;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.v1.Event;
import io.eventsync.v1.Ordering;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "webhooks",
        mixinStandardHelpOptions = true,
        description =
                "Makes endpoints on a receiver that fails, feeds events, kills the server meanwhile, and holds what the"
                        + " receiver got to the log and the audit: nothing lost, every request on record once, ids and bodies"
                        + " stable, signatures good, order kept, duplicates only by kills.",
        footer = {
            "",
            "Examples:",
            "  check webhooks --file events.jsonl",
            "  check webhooks --events 20000 --kills 20 \\",
            "    --server-command 'java -jar eventsync.jar serve --data-dir=d --webhook-allow-loopback=true'",
            "  check webhooks --events 20000 --kills 10 --nodes 2 \\",
            "    --server-command 'java -jar eventsync.jar serve --database-url=... --webhook-allow-loopback=true'",
            "",
            "With --server-command it starts the servers itself, on --target's port and the ones after it; without, the",
            "server has to run. {node} in the command is replaced by the node's number. Ends with exit code 1 if a",
            "promise is broken."
        })
public final class WebhookCheckCommand implements Callable<Integer> {

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            converter = TargetText.class,
            description = "The server, or the first of those to start (default localhost:7300).")
    Target target = new Target("localhost", 7300);

    @Option(names = "--file", paramLabel = "FILE", description = "A JSON-lines file, as for replay. Repeatable.")
    List<Path> files = List.of();

    @Option(names = "--repeat", paramLabel = "N", description = "Feed the files N times (default 1).")
    int repeat = 1;

    @Option(names = "--events", paramLabel = "N", description = "Feed N made-up events instead of files.")
    int madeUp;

    @Option(names = "--endpoints", paramLabel = "N", description = "Endpoints, each on a tag prefix (default 20).")
    int endpoints = 20;

    @Option(
            names = "--ordering",
            paramLabel = "parallel|ordered|by-key",
            description = "In which order they want their events (default parallel).")
    String ordering = "parallel";

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "How the receiver behaves, see receiver --help (default fail:5).")
    String mode = "fail:5";

    @Option(names = "--attempts", paramLabel = "N", description = "Attempts before giving up (default 12).")
    int attempts = 12;

    @Option(names = "--in-flight", paramLabel = "N", description = "Requests at once to an endpoint (default 8).")
    int inFlight = 8;

    @Option(
            names = "--server-command",
            paramLabel = "COMMAND",
            description = "Starts a server; words are apart by blanks.")
    @Nullable
    String serverCommand;

    @Option(names = "--nodes", paramLabel = "N", description = "Servers to start, on one database (default 1).")
    int nodes = 1;

    @Option(names = "--kills", paramLabel = "N", description = "How often to kill one of them (default 0).")
    int kills;

    @Option(names = "--seed", paramLabel = "N", description = "For all that is left to chance (default 1).")
    long seed = 1;

    @Option(
            names = "--work-dir",
            paramLabel = "DIR",
            description = "Keeps the servers' and the receiver's logs (default a temporary one).")
    @Nullable
    Path workDir;

    @Option(
            names = "--give-up-after",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "Fail when nothing moves for this long (default 60s).")
    Duration giveUpAfter = Duration.ofSeconds(60);

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        validate();
        String run = UUID.randomUUID().toString().substring(0, 8);
        Path work = workDir == null ? Files.createTempDirectory("eventsync-check-") : Files.createDirectories(workDir);
        List<Event> events =
                files.isEmpty() ? CheckedEvents.madeUp(madeUp, run) : CheckedEvents.ofFiles(files, repeat, run);
        WebhookRun.Settings settings = new WebhookRun.Settings(
                events,
                endpoints,
                ordering(),
                mode,
                attempts,
                inFlight,
                kills,
                seed,
                giveUpAfter,
                run,
                work.resolve("requests-" + run + ".jsonl"));
        Vertx vertx = Edge.vertx(2);
        try (Cluster cluster = new Cluster(vertx, servers(work), giveUpAfter)) {
            WebhookRun checked = new WebhookRun(vertx, cluster, settings);
            try (Interruption interruption = Interruption.stopping(checked::stop)) {
                return report(checked, checked.run(), work);
            }
        } finally {
            Edge.close(vertx);
        }
    }

    private void validate() {
        if (files.isEmpty() == (madeUp <= 0)) {
            throw wrong("Give --file FILE or --events N, one of them.");
        }
        if (serverCommand == null && (kills > 0 || nodes > 1)) {
            throw wrong("--kills and --nodes need --server-command.");
        }
        if (ordering() == Ordering.UNRECOGNIZED) {
            throw wrong("--ordering is parallel, ordered or by-key, not " + ordering + ".");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Ordering ordering() {
        return switch (ordering.toLowerCase(Locale.ROOT)) {
            case "parallel" -> Ordering.ORDERING_PARALLEL;
            case "ordered" -> Ordering.ORDERING_ORDERED;
            case "by-key" -> Ordering.ORDERING_ORDERED_BY_KEY;
            default -> Ordering.UNRECOGNIZED;
        };
    }

    private List<ServerNode> servers(Path work) {
        String command = serverCommand;
        if (command == null) {
            return List.of(ServerNode.foreign(target));
        }
        List<ServerNode> servers = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            Target at = new Target(target.host(), target.port() + i);
            servers.add(ServerNode.of(command, i + 1, at, work.resolve("server-" + (i + 1) + ".log")));
        }
        return servers;
    }

    private int report(WebhookRun run, WebhookHistory history, Path work) {
        Findings findings = run.findings();
        List<EndpointReport> reports = WebhookChecker.check(history, findings);
        long takeover = WebhookChecker.longestTakeoverMicros(history, findings);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("events", history.events().size());
        result.put("endpoints", history.endpoints().size());
        result.put("ordering", ordering);
        result.put("mode", mode);
        result.put("nodes", nodes);
        result.put("kills", history.kills().size());
        result.put("away_ms_max", run.returns().isEmpty() ? 0 : Collections.max(run.returns()));
        result.put("takeover_ms_max", takeover / 1_000);
        result.put("requests", history.received().size());
        result.put("attempts", history.attempts().size());
        result.put(
                "unknown", reports.stream().mapToLong(EndpointReport::unknown).sum());
        result.put("lost", reports.stream().mapToLong(EndpointReport::lost).sum());
        result.put(
                "dead_letters",
                reports.stream().mapToLong(EndpointReport::deadLetters).sum());
        result.put(
                "duplicates",
                reports.stream().mapToLong(EndpointReport::duplicates).sum());
        result.put("duplicates_allowed", WebhookChecker.duplicatesMax(history));
        result.put(
                "inversions",
                reports.stream().mapToLong(EndpointReport::inversions).sum());
        result.put("logs", work.toString());
        result.put("violations", findings.describe());
        result.put("verdict", findings.isEmpty() ? "kept" : "BROKEN");
        PrintWriter out = spec.commandLine().getOut();
        if (output.format() == Output.JSON) {
            result.put(
                    "by_endpoint",
                    reports.stream().map(EndpointReport::describe).toList());
        } else {
            EndpointTable.print(reports, out);
        }
        output.print(result, out);
        return findings.isEmpty() ? 0 : 1;
    }
}
