package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** How fast a backlog goes out: events are ingested while their endpoints are paused, then these are resumed. */
final class HookBacklog {

    private static final int BATCH_EVENTS = 500;
    private static final Duration CALL_MAX = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration STALL_MAX = Duration.ofSeconds(60);

    private final Connection connection;
    private final ReceiverProcess receiver;
    private final CommonOptions common;
    private final int payloadBytes;

    HookBacklog(Connection connection, ReceiverProcess receiver, CommonOptions common, int payloadBytes) {
        this.connection = connection;
        this.receiver = receiver;
        this.common = common;
        this.payloadBytes = payloadBytes;
    }

    /** Blocks for the run. Counts between a twentieth and nineteen of it, so that start and end do not. */
    Map<String, Object> measure(String run, int endpointCount, long deliveries, int batchEvents) {
        receiver.reset();
        String prefix = "bench-" + run + "-";
        long wanted = Math.max(1, deliveries / endpointCount);
        int batch = (int) Math.min(BATCH_EVENTS, wanted);
        long events = wanted / batch * batch;
        long total = events * endpointCount;
        try (HookEndpoints endpoints = new HookEndpoints(connection)) {
            endpoints.createAll(
                    IntStream.range(0, endpointCount).mapToObj(i -> prefix + i).toList(),
                    receiver::url,
                    "BENCH",
                    true,
                    batchEvents);
            ingest(run, events, batch);
            CpuMeter cpu = new CpuMeter(common.serverPids);
            cpu.start();
            long started = System.nanoTime();
            endpoints.resume();
            Place from = await(Math.max(1, total / 20));
            Place until = await(total - total / 20);
            Place end = await(total);
            cpu.stop();
            // A run of which much was there at the first look, as when resuming takes as long, is measured whole.
            Place begin = from.accepted < total / 4 ? from : new Place(started, 0);
            double seconds = (until.nanos - begin.nanos) / 1e9;
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("bench", batchEvents > 0 ? "webhook batches" : "webhook deliveries");
            result.put("target", common.server.target().toString());
            result.put("endpoints", endpointCount);
            result.put("batch", batchEvents);
            result.put("events", events);
            result.put("deliveries", end.accepted);
            result.put("first_ms", Math.round((from.nanos - started) / 1e6));
            result.put("seconds", Tally.round((end.nanos - started) / 1e9));
            result.put("deliveries_per_s", Math.round((until.accepted - begin.accepted) / seconds));
            cpu.describe(total, result);
            return result;
        }
    }

    private record Place(long nanos, long accepted) {}

    private Place await(long wanted) {
        Future<Void> never = Promise.<Void>promise().future();
        long last = -1;
        long moved = System.nanoTime();
        while (true) {
            long accepted = receiver.accepted();
            long now = System.nanoTime();
            if (accepted >= wanted) {
                return new Place(now, accepted);
            }
            if (accepted != last) {
                last = accepted;
                moved = now;
            } else if (now - moved > STALL_MAX.toNanos()) {
                throw new IllegalStateException("deliveries stopped at " + accepted + " of " + wanted);
            }
            Edge.awaitOrElapse(never, STEP);
        }
    }

    private void ingest(String run, long events, int batch) {
        EventTemplate template = EventTemplate.create(run, 1, payloadBytes, true);
        long[] next = {0};
        BatchLane lane = new BatchLane(connection, template, () -> next[0]++, batch);
        for (long sent = 0; sent < events; sent += batch) {
            Edge.awaitDone(lane.send(), CALL_MAX);
        }
    }
}
