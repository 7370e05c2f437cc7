package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.Output;
import io.eventsync.loadtest.OutputOption;
import io.eventsync.loadtest.StopSignal;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description =
                "Starts servers and a Postgres, lets writers, readers and webhook endpoints work, breaks things by a seeded"
                        + " plan, and holds what everybody saw to the log: nothing acknowledged is lost, nothing comes twice or"
                        + " out of order, every delivery is made and on record. The same --seed makes the same plan.",
        footer = {
            "",
            "Faults:",
            "  kill-server, stop-server (a rolling restart), kill-postgres, freeze, freeze-postgres, clock, disk-full,",
            "  net-reset, net-drop, net-slow (between clients and servers), db-reset, db-drop (between servers and",
            "  Postgres), power-cut, command.",
            "Those that need root, HAProxy or libfaketime are skipped, and that is said, where they cannot be had.",
            "",
            "Examples:",
            "  chaos --faults kill-server,kill-postgres,freeze --minutes 2",
            "  chaos --faults power-cut --cycles 30 --minutes 20                    as root",
            "  chaos --faults power-cut --cycles 1 --sabotage fsync --expect-loss   has to lose, or the test is worth nothing",
            "  chaos --faults kill-server,net-drop,db-drop --nodes 3 --seed 7",
            "  chaos --faults stop-server --nodes 3 --haproxy",
            "",
            "Ends with exit code 1 if a promise is broken; with --expect-loss, if none of the acknowledged events was lost."
        })
public final class ChaosCommand implements Callable<Integer> {

    private static final Duration HOLD_MAX = Duration.ofSeconds(6);
    private static final String JAR = "eventsync.jar";

    /** What makes a rig lie about durability. */
    enum Sabotage {
        NONE,
        /** Postgres does not flush. */
        FSYNC,
        /** Commits do not wait for the flush. */
        COMMIT
    }

    @Option(
            names = "--faults",
            split = ",",
            converter = FaultKind.Text.class,
            paramLabel = "FAULT",
            description = "What to break, see below (default kill-server).")
    List<FaultKind> faults = List.of(FaultKind.KILL_SERVER);

    @Option(names = "--nodes", paramLabel = "N", description = "Servers, on one Postgres (default 1).")
    int nodes = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Makes the plan (default by chance, and printed).")
    @Nullable
    Long seed;

    @Option(names = "--minutes", paramLabel = "M", description = "How long to break things (default 1).")
    double minutes = 1;

    @Option(
            names = "--cycles",
            paramLabel = "N",
            description = "How many faults at most (default as many as there is time for).")
    int cycles = Integer.MAX_VALUE;

    @Option(
            names = "--hold-max",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "How long a fault that lasts may last (default 6s).")
    Duration holdMax = HOLD_MAX;

    @Option(
            names = "--server-jar",
            paramLabel = "FILE",
            description = "The server (default eventsync.jar beside this one, or where the build puts it).")
    @Nullable
    Path serverJar;

    @Option(names = "--heap", paramLabel = "SIZE", description = "Of each server, as in -Xmx (default 256m).")
    String heap = "256m";

    @Option(
            names = "--server-option",
            paramLabel = "OPTION",
            description = "For each server, such as --log-queue-events-max=100. Repeatable.")
    List<String> serverOptions = List.of();

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "A Postgres that runs already; it is not broken.")
    @Nullable
    String databaseUrl;

    @Option(
            names = "--own-postgres",
            description =
                    "Start a Postgres beside the server even if there is only one server, which would start its own.")
    boolean isOwnPostgres;

    @Option(
            names = "--postgres-bin",
            paramLabel = "DIR",
            description = "The folder of postgres and initdb (default those that the server carries).")
    @Nullable
    Path postgresPrograms;

    @Option(
            names = "--postgres-setting",
            paramLabel = "NAME=VALUE",
            description = "For the Postgres that is started beside the servers. Repeatable.")
    Map<String, String> postgresSettings = Map.of();

    @Option(
            names = "--sabotage",
            paramLabel = "fsync|commit",
            description =
                    "Make Postgres lie about durability, to see that it is found out: it does not flush, or commits do not wait.")
    Sabotage sabotage = Sabotage.NONE;

    @Option(
            names = "--expect-loss",
            description =
                    "Fail unless events were lost and every reader that saw them was told, and every endpoint that misses some"
                            + " was disabled.")
    boolean isLossExpected;

    @Option(names = "--rate", paramLabel = "N", description = "Events a second, over all writers (default 400).")
    double rate = 400;

    @Option(
            names = "--endpoints",
            paramLabel = "N",
            description = "Webhook endpoints, a tenth of the events each, 0 to 10 (default 3).")
    int endpoints = 3;

    @Option(
            names = "--churn",
            paramLabel = "N",
            description = "Clients a second that open streams and leave (default 0).")
    double churn;

    @Option(
            names = "--growth-max",
            paramLabel = "PERCENT",
            description =
                    "Fail if a server's live heap, files, threads or connections to Postgres grow by more from a quarter"
                            + " of the time to its end; for faults that no server dies of (default: do not look).")
    double growthMax = -1;

    @Option(
            names = "--disk-megabytes",
            paramLabel = "N",
            description = "Of the disk that is cut or filled (default 1500).")
    int diskMegabytes = 1_500;

    @Option(names = "--haproxy", description = "Clients go through an HAProxy before the servers.")
    boolean hasBalancer;

    @Option(
            names = "--fault-command",
            paramLabel = "COMMAND",
            description = "What the fault named command does, in a shell.")
    String command = "";

    @Option(
            names = "--work-dir",
            paramLabel = "DIR",
            description =
                    "Keeps logs and data in a new folder below it (default a temporary one, deleted if no promise is broken).")
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

    /** Until it is known that nobody will want to look. */
    private boolean isKept = true;

    @Override
    public Integer call() throws IOException {
        validate();
        long chosen = seed != null ? seed : ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        Skips skips = new Skips(databaseUrl != null);
        List<FaultKind> possible = skips.possible(faults, hasBalancer);
        skips.reasons().forEach(reason -> say("SKIPPED " + reason));
        boolean isBalanced = hasBalancer && Tool.isThere("haproxy");
        if (possible.isEmpty() || (hasBalancer && !isBalanced)) {
            say("SKIPPED all of it: nothing was tried and nothing is shown");
            return 0;
        }
        say("seed=" + chosen + " faults="
                + possible.stream().map(FaultKind::label).toList() + " nodes=" + nodes);
        Path work = work();
        Vertx vertx = Edge.vertx(2);
        StopSignal stop = new StopSignal();
        try (Interruption interruption = Interruption.stopping(stop::stop);
                Rig rig = RigBuilder.build(vertx, rigOptions(work, possible, isBalanced))) {
            ChaosVerdict verdict = new ChaosRun(vertx, rig, settings(work, chosen, possible), stop).run();
            return report(verdict, chosen, skips, work);
        } finally {
            Edge.close(vertx);
            tidy(work);
        }
    }

    private void validate() {
        if (nodes < 1 || nodes > 9 || endpoints < 0 || endpoints > 10 || rate < 1 || cycles < 1) {
            throw wrong("--nodes is 1 to 9, --endpoints 0 to 10, --rate and --cycles are at least 1.");
        }
        if (faults.contains(FaultKind.COMMAND) == command.isEmpty()) {
            throw wrong("--faults command and --fault-command go together.");
        }
        if (databaseUrl != null && isOwn()) {
            throw wrong("--database-url is a Postgres of yours; the other options want one that is started here.");
        }
    }

    private boolean isOwn() {
        return isOwnPostgres
                || sabotage != Sabotage.NONE
                || postgresPrograms != null
                || !postgresSettings.isEmpty()
                || faults.stream().anyMatch(FaultKind::isBetweenServersAndPostgres);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void say(String line) {
        PrintWriter to = output.format() == Output.JSON
                ? spec.commandLine().getErr()
                : spec.commandLine().getOut();
        to.println(line);
        to.flush();
    }

    /** Postgres runs as another user when this one is root, so that others have to pass. */
    private Path work() throws IOException {
        Path work = workDir == null
                ? Files.createTempDirectory("eventsync-chaos-")
                : Files.createTempDirectory(Files.createDirectories(workDir), "run-");
        Path ignored = Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx--x--x"));
        return work.toRealPath();
    }

    private RigOptions rigOptions(Path work, List<FaultKind> possible, boolean isBalanced) {
        Map<String, String> settings = new LinkedHashMap<>(postgresSettings);
        if (sabotage == Sabotage.FSYNC) {
            settings.put("fsync", "off");
        }
        Set<FaultKind> fit = EnumSet.copyOf(possible);
        return new RigOptions(
                work,
                serverJar(),
                nodes,
                heap,
                serverOptions,
                fit,
                Optional.ofNullable(databaseUrl),
                isOwn(),
                Optional.ofNullable(postgresPrograms),
                settings,
                sabotage == Sabotage.COMMIT,
                diskMegabytes,
                isBalanced,
                giveUpAfter);
    }

    private Path serverJar() {
        if (serverJar != null) {
            return serverJar;
        }
        Path here = here();
        return Stream.of(
                        here.resolveSibling(JAR),
                        here.resolve("../../../server/target").resolve(JAR))
                .map(Path::normalize)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> wrong("There is no " + JAR + " beside " + here + "; give --server-jar."));
    }

    /** The jar, or the folder of classes, that this class is from. */
    private static Path here() {
        try {
            return Path.of(ChaosCommand.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private ChaosRun.Settings settings(Path work, long chosen, List<FaultKind> possible) {
        return new ChaosRun.Settings(
                new Plan(chosen, possible, nodes, holdMax),
                cycles,
                Duration.ofMillis(Math.round(minutes * 60_000)),
                rate,
                endpoints,
                churn,
                growthMax,
                possible.contains(FaultKind.CLOCK),
                command,
                chosen,
                UUID.randomUUID().toString().substring(0, 8),
                work,
                giveUpAfter);
    }

    private int report(ChaosVerdict verdict, long chosen, Skips skips, Path work) {
        boolean isGood = isLossExpected
                ? (verdict.lost() > 0 || !verdict.isLogRead())
                        && verdict.silent().isEmpty()
                : verdict.broken().isEmpty();
        isKept = workDir != null || !isGood;
        Map<String, Object> result = ChaosReport.of(verdict, chosen, nodes, skips.reasons());
        if (isKept) {
            result.put("logs", work.toString());
        }
        String asExpected = isLossExpected ? "lost, as expected" : "kept";
        String not = isLossExpected ? "NOT FOUND OUT" : "BROKEN";
        result.put("verdict", isGood ? asExpected : not);
        ChaosReport.print(result, verdict, output, spec.commandLine().getOut());
        return isGood ? 0 : 1;
    }

    private void tidy(Path work) throws IOException {
        if (isKept) {
            return;
        }
        try (Stream<Path> all = Files.walk(work)) {
            List<Path> deepestFirst = new ArrayList<>(all.toList());
            Collections.reverse(deepestFirst);
            for (Path path : deepestFirst) {
                boolean ignored = Files.deleteIfExists(path);
            }
        }
    }
}
