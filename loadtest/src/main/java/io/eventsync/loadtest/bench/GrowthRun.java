package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Progress;
import io.eventsync.loadtest.StopSignal;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Fills the log to one size after the other and measures the same at each. */
final class GrowthRun implements AutoCloseable {

    private static final Duration FILL_MAX = Duration.ofHours(2);
    private static final Duration READ_MAX = Duration.ofMinutes(1);
    /** Each cancels some streams, and a server ends the connection of a client that cancels thousands in seconds. */
    private static final int WARM_ROUNDS_MAX = 50;

    private static final int READS = 11;

    private final CommonOptions common;
    private final Duration settle;
    private final @Nullable String restart;
    private final StopSignal stop = new StopSignal();
    private final Vertx vertx;
    private final GrowthReader reader;
    private final LogFiller filler;
    private final LoadRun ingest;
    private List<Long> serverPids;

    GrowthRun(CommonOptions common, LoadOptions load, Duration settle, @Nullable String restart) {
        this.common = common;
        this.settle = settle;
        this.restart = restart;
        this.serverPids = common.serverPids;
        this.ingest = new LoadRun(common, load, LoadMode.INGEST);
        this.vertx = Edge.vertx(common.eventLoops);
        this.reader = new GrowthReader(common.server.target());
        this.filler = new LogFiller(
                Connection.to(vertx, common.server.target()),
                EventTemplate.create(EventTemplate.newRun(), GrowthTags.inTurn(), load.size, true));
        Edge.awaitDone(Future.all(vertx.deployVerticle(reader), vertx.deployVerticle(filler)), READ_MAX);
    }

    /** From any thread. */
    void stop() {
        stop.stop();
        filler.stopNow();
        reader.stopNow();
        ingest.stop();
    }

    @Override
    public void close() {
        Edge.close(vertx);
    }

    /** Blocks. Empty if it was stopped before everything was measured. */
    Optional<Map<String, Object>> measureAt(long events) {
        fill(events);
        if (!stop.reaches(System.nanoTime() + settle.toNanos())) {
            return Optional.empty();
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", "growth");
        long size = head();
        result.put("log_events", size);
        long warm = System.nanoTime() + common.warmup.toNanos();
        for (int round = 0; round < WARM_ROUNDS_MAX && !stop.isStopped() && System.nanoTime() - warm < 0; round++) {
            // A server that has just started would be charged at the first size for being cold.
            read(size, new LinkedHashMap<>());
        }
        read(size, result);
        if (!stop.isStopped()) {
            result.putAll(ingest.measure("growth", common.server.target(), serverPids));
            memory(result);
            if (restart != null) {
                restart(restart, result);
            }
        }
        return stop.isStopped() ? Optional.empty() : Optional.of(result);
    }

    private void read(long size, Map<String, Object> result) {
        page("page", () -> reader.pageAfter(size / 2), result);
        page("rare_page", () -> reader.pageOf(GrowthTags.RARE), result);
        page("one_percent_page", () -> reader.pageOf(GrowthTags.ONE_PERCENT), result);
        page("all_page", () -> reader.pageOf(GrowthTags.ALL), result);
        subscribe(size / 2, result);
    }

    private void fill(long events) {
        long missing = events - head();
        if (missing > 0 && !stop.isStopped()) {
            Future<Void> filled = filler.add(missing);
            if (stop.isStopped()) {
                filler.stopNow();
            }
            try (Progress progress = Progress.of("fill", "events", missing, filler::acknowledged)) {
                Edge.awaitDone(filled, FILL_MAX);
            }
        }
    }

    private long head() {
        return Edge.await(reader.head(), READ_MAX);
    }

    /** The median, which leaves the first out that finds nothing in any cache. */
    private void page(String name, Supplier<Future<GrowthReader.Read>> read, Map<String, Object> result) {
        Percentiles times = new Percentiles();
        int events = 0;
        for (int i = 0; i < READS && !stop.isStopped(); i++) {
            GrowthReader.Read page = Edge.await(read.get(), READ_MAX);
            times.add(page.nanos() / 1_000);
            events = page.events();
        }
        result.put(name + "_events", events);
        result.put(name + "_ms", times.millis(50));
    }

    private void subscribe(long after, Map<String, Object> result) {
        Percentiles started = new Percentiles();
        Percentiles first = new Percentiles();
        for (int i = 0; i < READS && !stop.isStopped(); i++) {
            GrowthReader.Opened opened = Edge.await(reader.subscribeAfter(after), READ_MAX);
            started.add(opened.startedNanos() / 1_000);
            first.add(opened.firstEventNanos() / 1_000);
        }
        result.put("started_ms", started.millis(50));
        result.put("first_event_ms", first.millis(50));
    }

    /** After a collection; what the ingest run noted still held its garbage. */
    private void memory(Map<String, Object> result) {
        if (!serverPids.isEmpty() && !stop.isStopped()) {
            result.put("heap_mb", ServerMemory.settled(serverPids.get(0)).heapMegabytes());
            result.put("server_rss_mb", ProcessUsage.residentMegabytes(serverPids));
            result.put("server_tree_pss_mb", ProcessUsage.treeProportionalMegabytes(serverPids));
        }
    }

    private void restart(String command, Map<String, Object> result) {
        new Restart(command, this::isUp, stop).run().ifPresent(outcome -> {
            outcome.describe(result);
            outcome.pid().ifPresent(pid -> serverPids = List.of(pid));
        });
    }

    private boolean isUp() {
        Future<Long> asked = reader.head();
        Edge.awaitOrElapse(asked, READ_MAX);
        return asked.succeeded();
    }
}
