package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Progress;
import io.eventsync.loadtest.StopSignal;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One run of many open streams: what they cost while nothing happens, and whether each gets what then happens. */
final class ConnectionsRun {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(30);
    private static final Duration OPEN_MAX = Duration.ofMinutes(5);
    private static final Duration DELIVER_MAX = Duration.ofSeconds(20);
    private static final int SIZE = 256;

    private final CommonOptions common;
    private final int streams;
    private final int connections;
    private final int events;
    private final StopSignal stop;
    private final List<IdleStreams> groups = new ArrayList<>();
    private final List<Double> lastReceiptMillis = new ArrayList<>();
    private volatile Receipts receipts = new Receipts(-1, 0);

    ConnectionsRun(CommonOptions common, int streams, int connections, int events, StopSignal stop) {
        this.common = common;
        this.streams = streams;
        this.connections = connections;
        this.events = events;
        this.stop = stop;
    }

    /** Blocks for the run. */
    Map<String, Object> measure() {
        Vertx vertx = Edge.vertx(common.eventLoops);
        try {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("bench", "connections");
            common.describe(result);
            result.put("streams", streams);
            result.put("connections", connections);
            Idle before = idle();
            long started = System.nanoTime();
            String run = String.format(
                    Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
            open(vertx, run);
            double seconds = (System.nanoTime() - started) / 1e9;
            result.put("open", open());
            result.put("open_s", Tally.round(seconds));
            Idle after = idle();
            describe(before, after, result);
            deliver(vertx, run, result);
            result.put("failures", failures());
            return result;
        } finally {
            groups.forEach(IdleStreams::stopOpening);
            Edge.close(vertx);
        }
    }

    private void open(Vertx vertx, String run) {
        List<Future<Void>> settled = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int share = streams / connections + (i < streams % connections ? 1 : 0);
            IdleStreams group =
                    new IdleStreams(common.server.target(), share, run, number -> receipts.received(number));
            groups.add(group);
            Edge.awaitDone(vertx.deployVerticle(group), CONNECT_MAX);
            settled.add(share == 0 ? Future.succeededFuture() : group.settled());
        }
        try (Progress progress = Progress.of("open", "streams", streams, this::open)) {
            Future<?> all = Future.all(settled);
            long end = System.nanoTime() + OPEN_MAX.toNanos();
            while (!all.isComplete() && !stop.isStopped() && System.nanoTime() - end < 0) {
                Edge.awaitOrElapse(all, Duration.ofMillis(50));
            }
        }
    }

    private long open() {
        return groups.stream().mapToLong(IdleStreams::open).sum();
    }

    /** What the server needs while nothing happens. */
    private Idle idle() {
        if (common.serverPids.isEmpty() || stop.isStopped()) {
            return new Idle(new ServerMemory(0, 0, 0), 0);
        }
        ServerMemory memory = ServerMemory.settled(common.serverPids.get(0));
        double cpuBefore = ProcessUsage.treeCpuSeconds(common.serverPids);
        long from = System.nanoTime();
        boolean isWhole = stop.reaches(from + common.duration.toNanos());
        double seconds = (System.nanoTime() - from) / 1e9;
        double cpu = ProcessUsage.treeCpuSeconds(common.serverPids) - cpuBefore;
        return new Idle(memory, isWhole || seconds > 1 ? Tally.round(100 * cpu / seconds) : 0);
    }

    private void describe(Idle before, Idle after, Map<String, Object> result) {
        if (common.serverPids.isEmpty() || open() == 0) {
            return;
        }
        ServerMemory from = before.memory();
        ServerMemory to = after.memory();
        result.put("server_heap_mb", List.of(from.heapMegabytes(), to.heapMegabytes()));
        result.put("server_rss_mb", List.of(from.residentMegabytes(), to.residentMegabytes()));
        result.put("heap_kb_per_stream", each(to.heapMegabytes() - from.heapMegabytes(), 1_000));
        result.put("rss_kb_per_stream", each(to.residentMegabytes() - from.residentMegabytes(), 1_024));
        result.put("pss_kb_per_stream", each(to.proportionalMegabytes() - from.proportionalMegabytes(), 1_024));
        result.put("idle_cpu_percent", List.of(before.cpuPercent(), after.cpuPercent()));
    }

    private double each(double megabytes, int kilo) {
        return Tally.round(megabytes * kilo / open());
    }

    /** One event after the other; each is waited for until every stream has it. */
    private void deliver(Vertx vertx, String run, Map<String, Object> result) {
        long wanted = open();
        long delivered = 0;
        int complete = 0;
        int sent = 0;
        AtomicLong numbers = new AtomicLong();
        EventTemplate template = EventTemplate.create(run, 1, SIZE, true);
        Lane lane = new UnaryLane(Connection.to(vertx, common.server.target()), template, numbers::getAndIncrement);
        for (; sent < events && wanted > 0 && !stop.isStopped(); sent++) {
            Receipts now = new Receipts(sent, wanted);
            receipts = now;
            long from = System.nanoTime();
            int ignored = Edge.await(lane.send(), CONNECT_MAX);
            if (now.awaitAll(DELIVER_MAX)) {
                complete++;
                lastReceiptMillis.add(Tally.round((System.nanoTime() - from) / 1e6));
            }
            delivered += now.count();
        }
        result.put("sent", sent);
        result.put("received_by_all", complete);
        result.put("events", delivered);
        result.put("missing", sent * wanted - delivered);
        result.put("last_receipt_ms", lastReceiptMillis);
    }

    private Map<String, Long> failures() {
        Map<String, Long> all = new TreeMap<>();
        groups.forEach(group -> group.failures().forEach((reason, count) -> all.merge(reason, count, Long::sum)));
        return all;
    }

    private record Idle(ServerMemory memory, double cpuPercent) {}

    /** Who has got one event. */
    private static final class Receipts {

        private final long number;
        private final long wanted;
        private final AtomicInteger count = new AtomicInteger();
        private final StopSignal all = new StopSignal();

        Receipts(long number, long wanted) {
            this.number = number;
            this.wanted = wanted;
        }

        void received(long received) {
            if (received == number && count.incrementAndGet() == wanted) {
                all.stop();
            }
        }

        long count() {
            return count.get();
        }

        boolean awaitAll(Duration max) {
            return !all.reaches(System.nanoTime() + max.toNanos());
        }
    }
}
