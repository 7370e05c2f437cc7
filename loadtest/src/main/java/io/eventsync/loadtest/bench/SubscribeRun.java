package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Progress;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** One measured run of fan-out: subscriptions stand, then one producer writes. */
final class SubscribeRun {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(30);
    private static final int UNDELIVERED_EVENTS_MAX = 256;
    private static final long DRAIN_NANOS_MAX = 5_000_000_000L;

    private final CommonOptions common;
    private final FanOutOptions fanOut;
    private final Window[] window = {Window.after(Duration.ofDays(1), Duration.ZERO)};
    private volatile boolean isStopped;

    SubscribeRun(CommonOptions common, FanOutOptions fanOut) {
        this.common = common;
        this.fanOut = fanOut;
    }

    void stop() {
        isStopped = true;
        window[0].stopNow();
    }

    /** Blocks for the run. */
    Map<String, Object> measure(String name) {
        Vertx vertx = Edge.vertx(common.eventLoops);
        try {
            String run = String.format(
                    Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
            Deliveries deliveries = new Deliveries();
            List<SubscriberGroup> groups = groups(run, deliveries);
            List<Future<String>> deployed = new ArrayList<>();
            groups.forEach(group -> deployed.add(vertx.deployVerticle(group)));
            Edge.awaitDone(Future.all(deployed), CONNECT_MAX);
            Producer producer = producer(vertx, run, deliveries);
            Edge.awaitDone(vertx.deployVerticle(producer), CONNECT_MAX);
            return measure(name, groups, producer, deliveries);
        } finally {
            Edge.close(vertx);
        }
    }

    private Map<String, Object> measure(
            String name, List<SubscriberGroup> groups, Producer producer, Deliveries deliveries) {
        Window measured = Window.after(common.warmup, common.duration);
        window[0] = measured;
        if (isStopped) {
            measured.stopNow();
        }
        producer.run(measured);
        CpuMeter cpu = new CpuMeter(common.serverPids);
        try (Progress progress = Progress.ofTime(name, common.warmup.plus(common.duration))) {
            elapse(measured.fromNanos(), () -> measured.isOver(System.nanoTime()));
            cpu.start();
            elapse(measured.untilNanos(), () -> measured.isOver(System.nanoTime()));
            cpu.stop();
        }
        // What is late counts as late, so it is waited for.
        elapse(System.nanoTime() + DRAIN_NANOS_MAX, () -> deliveries.delivered() >= producer.expected());

        Tally total = new Tally();
        total.unsent(producer.unsent());
        for (SubscriberGroup group : groups) {
            total.add(Edge.await(group.tally(), CONNECT_MAX));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", name);
        common.describe(result);
        fanOut.describe(result);
        total.describe(measured.seconds(), result);
        result.put("undelivered", Math.max(0, producer.expected() - deliveries.delivered()));
        cpu.describe(total.events(), result);
        return result;
    }

    /** Sleeps in short steps, because Ctrl-C moves the end of the window. */
    private static void elapse(long until, BooleanSupplier isDone) {
        Future<Void> never = Promise.<Void>promise().future();
        long now = System.nanoTime();
        while (now - until < 0 && !isDone.getAsBoolean()) {
            Edge.awaitOrElapse(never, Duration.ofNanos(Math.min(until - now, 50_000_000)));
            now = System.nanoTime();
        }
    }

    private List<SubscriberGroup> groups(String run, Deliveries deliveries) {
        List<List<String>> prefixes = new ArrayList<>();
        int count = Math.min(fanOut.connections, fanOut.subscribers);
        for (int i = 0; i < count; i++) {
            prefixes.add(new ArrayList<>());
        }
        for (int i = 0; i < fanOut.subscribers; i++) {
            prefixes.get(i % count).add(fanOut.prefixOf(i));
        }
        List<SubscriberGroup> groups = new ArrayList<>();
        prefixes.forEach(each -> groups.add(
                new SubscriberGroup(common.server.target(), each, run, deliveries, fanOut.rate > 0, window)));
        return groups;
    }

    private Producer producer(Vertx vertx, String run, Deliveries deliveries) {
        AtomicLong numbers = new AtomicLong();
        EventTemplate template = EventTemplate.create(run, fanOut.tags, fanOut.size, true);
        Lane lane = new UnaryLane(Connection.to(vertx, common.server.target()), template, numbers::getAndIncrement);
        long intervalNanos = fanOut.rate > 0 ? Math.max(1, Math.round(1e9 / fanOut.rate)) : 0;
        long perEvent = Math.max(1, Math.round((double) fanOut.deliveriesPerRound() / fanOut.tags));
        return new Producer(
                lane, numbers, intervalNanos, deliveries, fanOut::readersOf, UNDELIVERED_EVENTS_MAX * perEvent);
    }
}
