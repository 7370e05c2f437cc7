package io.eventsync.loadtest.generate;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.OutputOption;
import io.eventsync.loadtest.Progress;
import io.eventsync.loadtest.ServerOption;
import io.eventsync.loadtest.StopSignal;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Retry;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description =
                "Makes the log of a shop up: heartbeats, and visitors who log in, look, buy and leave, each with a user id and a"
                        + " session token. Writes it to the console, a rotating file (1 MB, 3 backups) or into EventSync.",
        footer = {
            "",
            "The environment sets defaults: LOG_LEVEL, LOG_FREQUENCY (seconds between heartbeats),",
            "LOG_FORMAT (the text pattern) and LOG_FILE.",
            "",
            "Examples:",
            "  generate --duration 10s                                    plain text on the console",
            "  generate --format csv --field region=eu|us --count 1000 --fast",
            "  generate --to console,file --out logs/app.log --pattern '%%(asctime)s %%(user_id)s %%(message)s'",
            "  generate --to eventsync --target localhost:7300 --sessions 50 --burst 30s:5s:10 --duration 2m"
        })
public final class GenerateCommand implements Callable<Integer> {

    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(60);
    private static final int BATCH_MAX = 1_000;

    @Option(
            names = "--to",
            split = ",",
            paramLabel = "console|file|eventsync",
            description = "Where entries go, one or more (default console, or file if --out is given).")
    Set<Place> places = EnumSet.noneOf(Place.class);

    @Option(
            names = "--out",
            defaultValue = "${LOG_FILE:-" + Option.NULL_VALUE + "}",
            paramLabel = "FILE",
            description = "The file of --to file (default logs/app.log, or LOG_FILE).")
    @Nullable
    Path out;

    @Option(names = "--format", paramLabel = "text|json|csv", description = "How a line looks (default text).")
    Format format = Format.TEXT;

    @Option(
            names = "--pattern",
            defaultValue = "${LOG_FORMAT:-" + TextPattern.DEFAULT + "}",
            paramLabel = "PATTERN",
            description =
                    "Of text: %%(asctime)s %%(levelname)s %%(name)s %%(message)s, %%(user_id)s, %%(session_token)s,"
                            + " %%(tag)s and custom fields (default: time, level and message, or LOG_FORMAT).")
    String pattern = TextPattern.DEFAULT;

    @Option(
            names = "--level",
            defaultValue = "${LOG_LEVEL:-INFO}",
            paramLabel = "debug|info|warning|error",
            description = "Leaves out what matters less (default info, or LOG_LEVEL).")
    Level level = Level.INFO;

    @Option(
            names = "--heartbeat",
            converter = DurationText.class,
            defaultValue = "${LOG_FREQUENCY:-5}",
            paramLabel = "TIME",
            description = "From one heartbeat to the next; 0 makes none (default 5s, or LOG_FREQUENCY).")
    Duration heartbeat = Duration.ofSeconds(5);

    @Option(
            names = "--sessions",
            paramLabel = "R",
            description = "Visitors a second, about 8 entries each (default 1). 0 leaves the heartbeats alone.")
    double sessions = 1;

    @Option(
            names = "--burst",
            converter = Burst.Text.class,
            paramLabel = "EVERY:LENGTH:FACTOR",
            description = "Spikes: 30s:5s:10 has 10 times the visitors for 5 s of every 30 s (default none).")
    Burst burst = Burst.NONE;

    @Option(
            names = "--field",
            paramLabel = "NAME=A|B",
            description = "A field more in every entry, with one of these values by chance. Repeatable.")
    Map<String, String> fields = new LinkedHashMap<>();

    @Option(names = "--count", paramLabel = "N", description = "End after N entries (default 1000000).")
    long count = 1_000_000;

    @Option(
            names = "--duration",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "End after this long, by the time of the entries (default 1m).")
    Duration duration = Duration.ofMinutes(1);

    @Option(
            names = "--fast",
            description = "Do not wait for an entry's time to come: the same entries as fast as they can be written.")
    boolean isFast;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed makes the same entries (default 1).")
    long seed = 1;

    @Option(
            names = "--start",
            paramLabel = "TIME",
            description = "The time of the first entry, such as 2026-01-31T12:00:00Z (default now).")
    @Nullable
    Instant start;

    @Mixin
    ServerOption server = new ServerOption();

    @Option(names = "--batch", paramLabel = "N", description = "Most events a call, 1 to 1000 (default 100).")
    int batch = 100;

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private boolean isOnConsole;

    enum Place {
        CONSOLE,
        FILE,
        EVENTSYNC
    }

    enum Format {
        TEXT,
        JSON,
        CSV
    }

    @Override
    public Integer call() {
        if (count < 1 || batch < 1 || batch > BATCH_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--count is at least 1, and --batch is 1 to " + BATCH_MAX + ".");
        }
        Vertx vertx = Edge.vertx(1);
        List<Sink> sinks = new ArrayList<>();
        StopSignal stop = new StopSignal();
        try (Interruption interruption = Interruption.stopping(stop::stop)) {
            FlowConfig config;
            try {
                config = new FlowConfig(seed, heartbeat, sessions, burst, FieldText.parse(fields));
                addSinks(vertx, config, sinks);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
            return run(config, new Generation(sinks, level, stop), sinks);
        } finally {
            sinks.forEach(Sink::close);
            Edge.close(vertx);
        }
    }

    private int run(FlowConfig config, Generation generation, List<Sink> sinks) {
        long started = System.nanoTime();
        Instant first = start == null ? Instant.now().truncatedTo(ChronoUnit.MICROS) : start;
        String failure = "";
        try (Progress progress = Progress.of("generate", "entries", count, generation::written)) {
            generation.run(new Flow(config, first), first, count, duration, !isFast);
        } catch (RuntimeException e) {
            failure = Edge.describe(e);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("entries", generation.written());
        result.put("seconds", Math.round((System.nanoTime() - started) / 1e6) / 1e3);
        result.put("seed", seed);
        result.put("burst", burst.toString());
        sinks.forEach(sink -> sink.describe(result));
        result.put("failure", failure);
        output.print(result, summaryWriter());
        return failure.isEmpty() ? 0 : 1;
    }

    private void addSinks(Vertx vertx, FlowConfig config, List<Sink> sinks) {
        Set<Place> chosen = places.isEmpty() ? EnumSet.of(out == null ? Place.CONSOLE : Place.FILE) : places;
        LineFormat lines = lines(config.fields().keySet());
        if (chosen.contains(Place.FILE)) {
            sinks.add(FileSink.open(out == null ? Path.of("logs", "app.log") : out, lines));
        }
        if (chosen.contains(Place.EVENTSYNC)) {
            String run = String.format(
                    Locale.ROOT, "%016x", ThreadLocalRandom.current().nextLong());
            Connection connection = Connection.to(vertx, server.target());
            sinks.add(new EventSink(connection, new Retry(vertx, GIVE_UP_AFTER), run, batch));
        }
        if (chosen.contains(Place.CONSOLE)) {
            sinks.add(new ConsoleSink(lines, spec.commandLine().getOut()));
        }
        isOnConsole = chosen.contains(Place.CONSOLE);
    }

    private LineFormat lines(Set<String> names) {
        return switch (format) {
            case JSON -> new JsonLines();
            case CSV -> new CsvLines(names);
            case TEXT -> TextPattern.parse(pattern, names, ZoneId.systemDefault());
        };
    }

    private PrintWriter summaryWriter() {
        return isOnConsole ? spec.commandLine().getErr() : spec.commandLine().getOut();
    }
}
