package io.eventsync.loadtest.replay;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.OutputOption;
import io.eventsync.loadtest.Progress;
import io.eventsync.loadtest.ServerOption;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Retry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description =
                "Ingests the events of JSON-lines files, or sample events. A line is an object with tag, and optionally"
                        + " id, key, message, content_type, attributes and payload (any JSON value; its bytes are sent as they stand)."
                        + " Ids make a replay safe to repeat: what the log has is counted as deduplicated.",
        footer = {
            "",
            "Examples:",
            "  replay --file events.jsonl --target localhost:7300",
            "  replay --sample 100000 --mode stream --rate 5000",
            "  zcat old.jsonl.gz | replay --file /dev/stdin --mode unary --in-flight 64",
            "",
            "With one call in flight (the default), and in stream mode with any number, events keep the order of the file.",
            "Where the server refuses a call as a whole, its events are sent again one by one: only the bad ones are left",
            "out, but the good ones of calls in flight together may then change places."
        })
public final class ReplayCommand implements Callable<Integer> {

    private static final Duration DEPLOY_MAX = Duration.ofSeconds(10);
    private static final int BATCH_MAX = 1_000;

    @Option(names = "--file", paramLabel = "FILE", description = "A JSON-lines file. Repeatable.")
    List<Path> files = List.of();

    @Option(names = "--sample", paramLabel = "N", description = "Send N made-up events instead of a file.")
    int sample;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "With --sample: another seed makes other events (default 1).")
    long seed = 1;

    @Mixin
    ServerOption server = new ServerOption();

    @Option(
            names = "--mode",
            paramLabel = "unary|batch|stream",
            description =
                    "unary: an event a call; batch: --batch events a call; stream: one producer session (default batch).")
    Mode mode = Mode.BATCH;

    @Option(names = "--batch", paramLabel = "N", description = "Events a call or append, 1 to 1000 (default 100).")
    int batch = 100;

    @Option(
            names = "--in-flight",
            paramLabel = "K",
            description = "Most calls or appends without an answer. Default: 1, for stream 16.")
    int inFlight;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "At most this many events a second. 0: as fast as answers come (default 0).")
    double rate;

    @Option(
            names = {"--retry", "--resume-on-failure"},
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Try again while the server is away or overloaded (default on; --no-retry).")
    boolean isRetrying = true;

    @Option(
            names = "--give-up-after",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "Stop after failing for this long (default 60s).")
    Duration giveUpAfter = Duration.ofSeconds(60);

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    enum Mode {
        UNARY,
        BATCH,
        STREAM
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        validate();
        Vertx vertx = Edge.vertx(1);
        ReplayTally tally = new ReplayTally();
        long started = System.nanoTime();
        Replay replay = replay(vertx, tally);
        try (Interruption interruption = Interruption.stopping(replay::stop)) {
            if (sample > 0) {
                try (Progress progress = Progress.of("replay", "events", sample, replay::sent)) {
                    replay.run(new SampleEvents(sample, seed));
                }
            } else {
                try (FileEvents events = new FileEvents(files, tally)) {
                    replay.run(events);
                }
            }
            Map<String, Object> result = tally.describe((System.nanoTime() - started) / 1e9);
            output.print(result, spec.commandLine().getOut());
            return tally.isAllAcknowledged() ? 0 : 1;
        } finally {
            Edge.close(vertx);
        }
    }

    private void validate() {
        if (files.isEmpty() == (sample <= 0)) {
            throw new ParameterException(spec.commandLine(), "Give --file FILE or --sample N, one of them.");
        }
        if (batch < 1 || batch > BATCH_MAX) {
            throw new ParameterException(spec.commandLine(), "--batch is 1 to " + BATCH_MAX + ", not " + batch + ".");
        }
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new ParameterException(
                        spec.commandLine(), "There is no file " + file.toAbsolutePath() + ". --sample N needs none.");
            }
        }
    }

    private Replay replay(Vertx vertx, ReplayTally tally) {
        Duration patience = isRetrying ? giveUpAfter : Duration.ZERO;
        Connection connection = Connection.to(vertx, server.target());
        CallSender calls = new CallSender(connection, new Retry(vertx, patience));
        int unit = mode == Mode.UNARY ? 1 : batch;
        if (mode != Mode.STREAM) {
            return new Replay(calls, calls, tally, unit, Math.max(1, inFlight), rate);
        }
        StreamSender stream = new StreamSender(connection, patience);
        Edge.awaitDone(vertx.deployVerticle(stream), DEPLOY_MAX);
        return new Replay(stream, calls, tally, unit, inFlight > 0 ? inFlight : 16, rate);
    }
}
