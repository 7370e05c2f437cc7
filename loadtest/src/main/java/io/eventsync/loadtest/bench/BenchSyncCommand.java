package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Future;
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
        name = "sync",
        mixinStandardHelpOptions = true,
        description =
                "Catch-up: reads the log by Sync from its beginning to its head. Latency is of a page. --duration bounds"
                        + " the reading; --warmup applies with --repeat only.",
        footer = {
            "",
            "Examples:",
            "  bench sync --duration 60s",
            "  bench sync --prefix BENCH.T001 --readers 4",
            "  bench sync --repeat --events 10000 --prefix BENCH.T001"
        })
final class BenchSyncCommand implements Callable<Integer> {

    private static final Duration START_MAX = Duration.ofSeconds(10);

    @Mixin
    CommonOptions common = new CommonOptions();

    @Option(names = "--page", paramLabel = "N", description = "Most events a page (default 1000).")
    int page = 1_000;

    @Option(
            names = "--readers",
            paramLabel = "N",
            description = "Readers at once, each on its own connection, each reading everything (default 1).")
    int readers = 1;

    @Option(
            names = "--prefix",
            paramLabel = "TAG",
            description = "Only tags with this prefix. Repeatable (default all).")
    List<String> prefixes = List.of();

    @Option(names = "--events", paramLabel = "N", description = "Where a reading ends (default: at the head).")
    long events = Long.MAX_VALUE;

    @Option(
            names = "--repeat",
            description = "Begin again from the beginning until the time is up, first for --warmup uncounted.")
    boolean isRepeated;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Vertx vertx = Edge.vertx(common.eventLoops);
        Duration warmup = isRepeated ? common.warmup : Duration.ZERO;
        Window warming = Window.after(Duration.ZERO, warmup);
        Window window = Window.after(warmup, common.duration);
        Runnable stop = () -> {
            warming.stopNow();
            window.stopNow();
        };
        try (Interruption interruption = Interruption.stopping(stop)) {
            List<SyncReader> all = deploy(vertx);
            if (isRepeated) {
                await(begin(all, warming));
            }
            Map<String, Object> result = measure(all, window);
            common.output.print(result, spec.commandLine().getOut());
            return BenchLoad.exitCode(result);
        } finally {
            Edge.close(vertx);
        }
    }

    private List<SyncReader> deploy(Vertx vertx) {
        List<SyncReader> all = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            Connection connection = Connection.to(vertx, common.server.target());
            SyncReader reader = new SyncReader(connection, prefixes, page, events, isRepeated);
            Edge.awaitDone(vertx.deployVerticle(reader), START_MAX);
            all.add(reader);
        }
        return all;
    }

    private static List<Future<Tally>> begin(List<SyncReader> all, Window window) {
        return all.stream().map(reader -> reader.run(window)).toList();
    }

    private void await(List<Future<Tally>> running) {
        Edge.awaitDone(Future.join(running), common.warmup.plus(common.duration).plus(START_MAX));
    }

    private Map<String, Object> measure(List<SyncReader> all, Window window) {
        CpuMeter cpu = new CpuMeter(common.serverPids);
        cpu.start();
        long started = System.nanoTime();
        List<Future<Tally>> read = begin(all, window);
        await(read);
        double seconds = (System.nanoTime() - started) / 1e9;
        cpu.stop();

        Tally total = new Tally();
        read.forEach(tally -> total.add(tally.result()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", "sync");
        common.describe(result);
        result.put("readers", readers);
        result.put("page", page);
        result.put("prefixes", prefixes);
        result.put("repeat", isRepeated);
        if (events != Long.MAX_VALUE) {
            result.put("reading_events", events);
        }
        total.describe(seconds, result);
        cpu.describe(total.events(), result);
        return result;
    }
}
