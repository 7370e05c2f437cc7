package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Progress;
import io.eventsync.loadtest.rpc.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** One measured run of ingest load: connect, warm up, measure, drain. */
final class LoadRun {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(15);
    private static final Duration FINISH_MAX = Duration.ofSeconds(15);

    private final CommonOptions common;
    private final LoadOptions load;
    private final LoadMode mode;
    private volatile boolean isStopped;
    private volatile Window window = Window.after(Duration.ZERO, Duration.ZERO);

    LoadRun(CommonOptions common, LoadOptions load, LoadMode mode) {
        this.common = common;
        this.load = load;
        this.mode = mode;
    }

    /** Ends the measuring now; {@link #measure} then answers what there is. */
    void stop() {
        isStopped = true;
        window.stopNow();
    }

    boolean isStopped() {
        return isStopped;
    }

    /** Blocks for the run. */
    Map<String, Object> measure(String name, Target target, List<Long> serverPids) {
        Vertx vertx = Edge.vertx(common.eventLoops);
        try {
            List<LoadLoop> loops = loops(vertx, target);
            Edge.awaitDone(deploy(vertx, loops), CONNECT_MAX);
            return measure(name, target, serverPids, loops);
        } finally {
            Edge.close(vertx);
        }
    }

    private Map<String, Object> measure(String name, Target target, List<Long> serverPids, List<LoadLoop> loops) {
        window = Window.after(common.warmup, common.duration);
        if (isStopped) {
            window.stopNow();
        }
        List<Future<Tally>> running = new ArrayList<>();
        loops.forEach(loop -> running.add(loop.run(window)));
        Future<?> finished = Future.join(running);
        CpuMeter cpu = new CpuMeter(serverPids);
        try (Progress progress = Progress.ofTime(name, common.warmup.plus(common.duration))) {
            Edge.awaitOrElapse(finished, common.warmup);
            cpu.start();
            Edge.awaitOrElapse(finished, Duration.ofNanos(Math.max(0, window.untilNanos() - System.nanoTime())));
            cpu.stop();
        }
        Edge.awaitDone(finished, FINISH_MAX);

        Tally total = new Tally();
        running.forEach(tally -> total.add(tally.result()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", name);
        common.describe(result);
        result.put("target", target.toString());
        load.describe(mode, result);
        total.describe(window.seconds(), result);
        cpu.describe(total.events(), result);
        return result;
    }

    private List<LoadLoop> loops(Vertx vertx, Target target) {
        EventTemplate template = EventTemplate.create(
                EventTemplate.newRun(), load.tags, load.size, load.ids == LoadOptions.IdSource.CLIENT);
        AtomicLong numbers = new AtomicLong();
        int inFlightEach = Math.max(1, load.inFlightFor(mode) / load.connections);
        long intervalNanos = load.rate > 0 ? Math.max(1, Math.round(1e9 * load.connections / load.rate)) : 0;
        List<LoadLoop> loops = new ArrayList<>();
        for (int i = 0; i < load.connections; i++) {
            Lane lane = mode.lane(vertx, target, template, numbers::getAndIncrement, load.batchFor(mode));
            loops.add(new LoadLoop(lane, inFlightEach, intervalNanos));
        }
        return loops;
    }

    private static Future<?> deploy(Vertx vertx, List<LoadLoop> loops) {
        List<Future<String>> deployed = new ArrayList<>();
        loops.forEach(loop -> deployed.add(vertx.deployVerticle(loop)));
        return Future.all(deployed);
    }
}
