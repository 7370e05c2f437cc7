package io.eventsync.loadtest.propagate;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.OutputOption;
import io.eventsync.loadtest.Progress;
import io.eventsync.loadtest.ServerOption;
import io.eventsync.loadtest.StopSignal;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        name = "propagate",
        mixinStandardHelpOptions = true,
        description =
                "Sends a random event of a JSON file every interval: to a server by gRPC (--target), or to a URL that takes"
                        + " POSTs of {\"event_type\", \"event_payload\"} (--url).",
        footer = {
            "",
            "The events file is a JSON array of {\"event_type\": \"...\", \"event_payload\": \"...\"}.",
            "The configuration is YAML; a flag wins over its key:",
            "  interval_seconds: 5",
            "  api_endpoint: \"http://localhost:8000/event\"     or  target: \"localhost:7300\"",
            "  events_file: \"events/events.json\"",
            "  count: 100",
            "  duration_seconds: 60",
            "  seed: 1",
            "",
            "Examples:",
            "  propagate --events events.json --interval 500ms --count 20",
            "  propagate --config propagator_config.yaml --duration 1m",
            "  propagate --events events.json --url http://localhost:8000/event --seed 7"
        })
public final class PropagateCommand implements Callable<Integer> {

    private static final Duration INTERVAL_DEFAULT = Duration.ofSeconds(5);
    private static final Duration DURATION_DEFAULT = Duration.ofHours(1);
    private static final long COUNT_DEFAULT = 1_000_000;
    private static final long SEED_DEFAULT = 1;

    @Option(names = "--config", paramLabel = "FILE", description = "A YAML file with the keys shown below.")
    @Nullable
    Path config;

    @Option(names = "--events", paramLabel = "FILE", description = "The events to choose from (key events_file).")
    @Nullable
    Path events;

    @Option(
            names = "--interval",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "Time from one event to the next (key interval_seconds; default 5s).")
    @Nullable
    Duration interval;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Post there instead of ingesting into --target (key api_endpoint).")
    @Nullable
    String url;

    @Mixin
    ServerOption server = new ServerOption();

    @Option(names = "--count", paramLabel = "N", description = "End after N events (default 1000000).")
    @Nullable
    Long count;

    @Option(
            names = "--duration",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "End after this long (key duration_seconds; default 60m).")
    @Nullable
    Duration duration;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed sends the same events in the same order (default 1).")
    @Nullable
    Long seed;

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            PropagateConfig file = config == null ? PropagateConfig.empty() : ConfigFile.read(config);
            return run(flags().over(file));
        } catch (ConfigException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private PropagateConfig flags() {
        boolean isTargetGiven = spec.commandLine().getParseResult().hasMatchedOption("--target");
        if (isTargetGiven && url != null) {
            throw new ConfigException("--url goes by HTTP and --target by gRPC; give one of them");
        }
        if (count != null && count < 1) {
            throw new ConfigException("--count is at least 1, not " + count);
        }
        return new PropagateConfig(
                interval == null ? null : PropagateConfig.interval("--interval", interval),
                url == null ? null : PropagateConfig.endpoint("--url", url),
                isTargetGiven ? server.target() : null,
                events,
                count,
                duration,
                seed);
    }

    private int run(PropagateConfig chosen) {
        if (chosen.eventsFile() == null) {
            throw new ConfigException("events_file is missing: say --events FILE or events_file in --config");
        }
        List<PropagatedEvent> choice = EventsFile.read(chosen.eventsFile());
        Vertx vertx = Edge.vertx(1);
        StopSignal stop = new StopSignal();
        try (Interruption interruption = Interruption.stopping(stop::stop)) {
            Propagator propagator =
                    new Propagator(choice, destination(vertx, chosen), orElse(chosen.seed(), SEED_DEFAULT), stop);
            Map<String, Object> result = run(propagator, chosen);
            output.print(result, spec.commandLine().getOut());
            return propagator.isAllAccepted() ? 0 : 1;
        } finally {
            Edge.close(vertx);
        }
    }

    private Destination destination(Vertx vertx, PropagateConfig chosen) {
        URI endpoint = chosen.apiEndpoint();
        if (endpoint != null) {
            return new HttpDestination(vertx, endpoint, server.security());
        }
        String run =
                String.format(Locale.ROOT, "%016x", ThreadLocalRandom.current().nextLong());
        return new GrpcDestination(Connection.to(vertx, target(chosen)), run);
    }

    private Map<String, Object> run(Propagator propagator, PropagateConfig chosen) {
        Duration pause = orElse(chosen.interval(), INTERVAL_DEFAULT);
        long countMax = orElse(chosen.count(), COUNT_DEFAULT);
        long started = System.nanoTime();
        try (Progress progress = Progress.of("propagate", "events", countMax, propagator::sent)) {
            propagator.run(pause, countMax, orElse(chosen.duration(), DURATION_DEFAULT));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("endpoint", String.valueOf(chosen.apiEndpoint() == null ? target(chosen) : chosen.apiEndpoint()));
        result.put("interval_s", pause.toMillis() / 1e3);
        result.put("seconds", Math.round((System.nanoTime() - started) / 1e6) / 1e3);
        propagator.describe(result);
        return result;
    }

    private Target target(PropagateConfig chosen) {
        return orElse(chosen.target(), server.target()).with(server.security());
    }

    private static <T> T orElse(@Nullable T value, T other) {
        return value == null ? other : value;
    }
}
