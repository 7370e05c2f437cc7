package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.webhook.RequestFile;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** From the beginning of the call that ingests an event to its arrival at a receiver, both by this machine's clock. */
final class HookLatency {

    private static final Duration DEPLOY_MAX = Duration.ofSeconds(10);
    private static final Duration ARRIVE_MAX = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofMillis(100);
    private static final int HANGING = 1;
    private static final int FAILING = 5;
    private static final int TRICKLING = 5;

    private final Vertx vertx;
    private final Connection connection;
    private final CommonOptions common;
    private final int payloadBytes;

    HookLatency(Vertx vertx, Connection connection, CommonOptions common, int payloadBytes) {
        this.vertx = vertx;
        this.connection = connection;
        this.common = common;
        this.payloadBytes = payloadBytes;
    }

    /** One endpoint. */
    Map<String, Object> measure(String run, double rate) {
        Map<String, Object> result = head("webhook latency", rate);
        Percentiles latency = phase(run, 1, rate, name -> "ok", name -> true);
        latency.describe("", result);
        result.put("events", latency.count());
        return result;
    }

    /** Many endpoints, each with a tag of its own: all well at first, then some of them bad; the others count. */
    Map<String, Object> isolate(String run, int endpoints, double rate) {
        int bad = HANGING + FAILING + TRICKLING;
        Map<String, Object> result = head("webhook isolation", rate);
        result.put("endpoints", endpoints);
        result.put("bad", HANGING + " hang, " + FAILING + " x 500, " + TRICKLING + " trickle");
        Percentiles well = phase(flipped(run, '0'), endpoints, rate, number -> "ok", number -> number >= bad);
        Percentiles beside = phase(flipped(run, '1'), endpoints, rate, HookLatency::badMode, number -> number >= bad);
        well.describe("well_", result);
        beside.describe("beside_bad_", result);
        result.put("events", well.count() + beside.count());
        result.put("p99_ratio", Tally.round(beside.millis(99) / Math.max(0.001, well.millis(99))));
        return result;
    }

    private Map<String, Object> head(String name, double rate) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", name);
        common.describe(result);
        result.put("rate", rate);
        return result;
    }

    private static String badMode(int number) {
        if (number < HANGING) {
            return "hang";
        }
        if (number < HANGING + FAILING) {
            return "status:500";
        }
        return number < HANGING + FAILING + TRICKLING ? "trickle" : "ok";
    }

    /** Another run of the same eight digits. */
    private static String flipped(String run, char digit) {
        return run.substring(0, run.length() - 1) + digit;
    }

    private interface Modes {
        String of(int number);
    }

    private Percentiles phase(String run, int endpointCount, double rate, Modes modes, IntPredicate counts) {
        Path log = temporary();
        String prefix = "bench-" + run + "-";
        int warmup = (int) Math.round(rate * common.warmup.toMillis() / 1_000);
        int count = warmup + (int) Math.round(rate * common.duration.toMillis() / 1_000);
        try (ReceiverProcess receiver = ReceiverProcess.start(vertx, log);
                HookEndpoints endpoints = new HookEndpoints(connection)) {
            for (int i = 0; i < endpointCount; i++) {
                receiver.behave(prefix + i, modes.of(i));
                endpoints.create(prefix + i, receiver.url(prefix + i), EventTemplate.tag(i), false, 0);
            }
            EventTemplate template = EventTemplate.create(run, endpointCount, payloadBytes, true);
            HookPace pace = new HookPace(connection, template, rate, count);
            Edge.awaitDone(vertx.deployVerticle(pace), DEPLOY_MAX);
            long[] starts = pace.run();
            long wanted = 0;
            for (int number = 0; number < count; number++) {
                wanted += modes.of(number % endpointCount).equals("ok") ? 1 : 0;
            }
            awaitAccepted(receiver, wanted);
            return latencies(log, starts, warmup, number -> counts.test(number % endpointCount));
        } finally {
            delete(log);
        }
    }

    private static void awaitAccepted(ReceiverProcess receiver, long wanted) {
        Future<Void> never = Promise.<Void>promise().future();
        long until = System.nanoTime() + ARRIVE_MAX.toNanos();
        while (receiver.accepted() < wanted) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("only " + receiver.accepted() + " of " + wanted + " events arrived");
            }
            Edge.awaitOrElapse(never, STEP);
        }
    }

    private static Percentiles latencies(Path log, long[] starts, int warmup, IntPredicate counts) {
        Percentiles latency = new Percentiles();
        Set<String> seen = new HashSet<>();
        RequestFile.read(log, (endpoint, id, attempt, status, sha256, micros) -> {
            int number = (int) Long.parseLong(id.substring(id.length() - EventTemplate.NUMBER_DIGITS), 16);
            if (number >= warmup && number < starts.length && counts.test(number) && seen.add(id)) {
                latency.add(micros - starts[number]);
            }
        });
        return latency;
    }

    private static Path temporary() {
        try {
            return Files.createTempFile("eventsync-bench-", ".jsonl");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path log) {
        try {
            boolean ignored = Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
