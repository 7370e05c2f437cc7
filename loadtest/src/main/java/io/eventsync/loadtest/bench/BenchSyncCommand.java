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
                        + " the reading; --warmup does not apply.",
        footer = {"", "Examples:", "  bench sync --duration 60s", "  bench sync --prefix BENCH.T001 --readers 4"})
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

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Vertx vertx = Edge.vertx(common.eventLoops);
        Window window = Window.after(Duration.ZERO, common.duration);
        try (Interruption interruption = Interruption.stopping(window::stopNow)) {
            Map<String, Object> result = measure(vertx, window);
            common.output.print(result, spec.commandLine().getOut());
            return BenchLoad.exitCode(result);
        } finally {
            Edge.close(vertx);
        }
    }

    private Map<String, Object> measure(Vertx vertx, Window window) {
        List<Future<Tally>> running = new ArrayList<>();
        CpuMeter cpu = new CpuMeter(common.serverPids);
        cpu.start();
        long started = System.nanoTime();
        for (int i = 0; i < readers; i++) {
            SyncReader reader = new SyncReader(Connection.to(vertx, common.server.target()), prefixes, page);
            Edge.awaitDone(vertx.deployVerticle(reader), START_MAX);
            running.add(reader.run(window));
        }
        Edge.awaitDone(Future.join(running), common.duration.plus(START_MAX));
        double seconds = (System.nanoTime() - started) / 1e9;
        cpu.stop();

        Tally total = new Tally();
        running.forEach(tally -> total.add(tally.result()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", "sync");
        common.describe(result);
        result.put("readers", readers);
        result.put("page", page);
        result.put("prefixes", prefixes);
        total.describe(seconds, result);
        cpu.describe(total.events(), result);
        return result;
    }
}
