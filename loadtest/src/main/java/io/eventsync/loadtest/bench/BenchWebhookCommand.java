package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "webhook",
        mixinStandardHelpOptions = true,
        description =
                "Webhook deliveries, signed and audited, to a fast receiver in a JVM of its own; beside what an HTTP client"
                        + " alone gets into it.",
        footer = {
            "",
            "Parts:",
            "  limit       the HTTP client alone, the same bodies",
            "  deliveries  a backlog to --endpoints, and to one; the ratio to the limit; --batch adds batches",
            "  latency     from the start of the ingest call to the receipt, at --rate, one endpoint",
            "  isolation   the same at --rate for 50 endpoints, all well, then 11 of them bad: p99 of the others",
            "  ingest      ingest with 1 and with --paused matching endpoints, in turn",
            "",
            "Examples:",
            "  bench webhook --server-pid 4711",
            "  bench webhook --part limit,deliveries --endpoints 64 --batch",
            "",
            "The server has to allow loopback receivers (--webhook-allow-loopback=true)."
        })
final class BenchWebhookCommand implements Callable<Integer> {

    private static final Duration DEPLOY_MAX = Duration.ofSeconds(10);
    private static final int IN_FLIGHT_PER_ENDPOINT = 8;
    private static final int IN_FLIGHT_MAX = 256;
    private static final int ISOLATED = 50;
    private static final int BATCH_EVENTS = 100;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Option(
            names = "--part",
            split = ",",
            paramLabel = "PART",
            description = "Which parts, in the order above (default all).")
    Set<Part> parts = EnumSet.allOf(Part.class);

    @Option(names = "--endpoints", paramLabel = "N", description = "Endpoints that share a backlog (default 16).")
    int endpoints = 16;

    @Option(names = "--deliveries", paramLabel = "N", description = "Size of a backlog (default 40000).")
    long deliveries = 40_000;

    @Option(names = "--batch", description = "Measure batches of 100 events, too.")
    boolean isBatching;

    @Option(names = "--size", paramLabel = "BYTES", description = "Bytes of the JSON payload (default 256).")
    int size = 256;

    @Option(names = "--rate", paramLabel = "R", description = "Events a second of latency and isolation (default 200).")
    double rate = 200;

    @Option(names = "--paused", paramLabel = "N", description = "Paused endpoints of ingest (default 500).")
    int paused = 500;

    @Option(names = "--rounds", paramLabel = "N", description = "How often ingest is measured each way (default 2).")
    int rounds = 2;

    @Spec
    CommandSpec spec = CommandSpec.create();

    enum Part {
        LIMIT,
        DELIVERIES,
        LATENCY,
        ISOLATION,
        INGEST
    }

    @Override
    public Integer call() {
        if (endpoints < 1 || rate <= 0 || deliveries < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--endpoints, --deliveries and --rate have to be more than 0.");
        }
        PrintWriter out = spec.commandLine().getOut();
        Vertx vertx = Edge.vertx(common.eventLoops);
        try {
            Connection connection = Connection.to(vertx, common.server.target());
            backlogs(vertx, connection, out);
            HookLatency latency = new HookLatency(vertx, connection, common, size);
            if (parts.contains(Part.LATENCY)) {
                common.output.print(latency.measure(run(), rate), out);
            }
            if (parts.contains(Part.ISOLATION)) {
                common.output.print(latency.isolate(run(), ISOLATED, rate), out);
            }
            if (parts.contains(Part.INGEST)) {
                common.output.print(ingest(connection), out);
            }
            return 0;
        } finally {
            Edge.close(vertx);
        }
    }

    private void backlogs(Vertx vertx, Connection connection, PrintWriter out) {
        if (!parts.contains(Part.LIMIT) && !parts.contains(Part.DELIVERIES)) {
            return;
        }
        try (ReceiverProcess receiver = ReceiverProcess.start(vertx, null)) {
            HookBacklog backlog = new HookBacklog(connection, receiver, common, size);
            Map<Integer, Long> limits = new LinkedHashMap<>();
            for (int count : endpoints == 1 ? new int[] {1} : new int[] {endpoints, 1}) {
                if (parts.contains(Part.LIMIT)) {
                    Map<String, Object> limit = limit(vertx, receiver, count);
                    common.output.print(limit, out);
                    limits.put(count, (Long) limit.get("events_per_s"));
                }
                if (parts.contains(Part.DELIVERIES)) {
                    print(backlog.measure(run(), count, deliveries, 0), limits.get(count), out);
                }
                if (parts.contains(Part.DELIVERIES) && isBatching) {
                    print(backlog.measure(run(), count, deliveries * 5, BATCH_EVENTS), limits.get(count), out);
                }
            }
        }
    }

    private void print(Map<String, Object> result, @Nullable Long limit, PrintWriter out) {
        if (limit != null && limit > 0) {
            result.put("ratio_to_limit", Tally.round(Comparison.median(List.of(result), "deliveries_per_s") / limit));
        }
        common.output.print(result, out);
    }

    private Map<String, Object> limit(Vertx vertx, ReceiverProcess receiver, int count) {
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            urls.add(receiver.url("limit-" + i));
        }
        int inFlight = Math.min(IN_FLIGHT_MAX, count * IN_FLIGHT_PER_ENDPOINT);
        HookLimit limit = new HookLimit(urls, inFlight, size, run());
        Edge.awaitDone(vertx.deployVerticle(limit), DEPLOY_MAX);
        Window window = Window.after(common.warmup, common.duration);
        Tally tally = limit.measure(window);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", "webhook limit");
        common.describe(result);
        result.put("endpoints", count);
        result.put("in_flight", inFlight);
        result.put("size", size);
        tally.describe(window.seconds(), result);
        return result;
    }

    /** One and many in turn, so that both meet the same state of the machine. */
    private Map<String, Object> ingest(Connection connection) {
        List<Map<String, Object>> one = new ArrayList<>();
        List<Map<String, Object>> many = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            one.add(ingest(connection, 1));
            many.add(ingest(connection, paused));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", "webhook ingest");
        common.describe(result);
        result.put("rounds", rounds);
        result.put("paused", paused);
        result.put("beside_one_events_per_s", Comparison.median(one, "events_per_s"));
        result.put("beside_many_events_per_s", Comparison.median(many, "events_per_s"));
        result.put(
                "ratio",
                Tally.round(
                        Comparison.median(many, "events_per_s") / Math.max(1, Comparison.median(one, "events_per_s"))));
        return result;
    }

    private Map<String, Object> ingest(Connection connection, int count) {
        String prefix = "bench-" + run() + "-";
        try (HookEndpoints endpoints = new HookEndpoints(connection)) {
            endpoints.createAll(
                    IntStream.range(0, count).mapToObj(i -> prefix + i).toList(),
                    name -> "http://127.0.0.1:9/hook",
                    "BENCH",
                    true,
                    0);
            return new LoadRun(common, new LoadOptions(), LoadMode.INGEST)
                    .measure("ingest", common.server.target(), common.serverPids);
        }
    }

    private static String run() {
        return String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
    }
}
