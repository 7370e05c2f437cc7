package io.eventsync.server.grpc;

import io.eventsync.server.failure.Reason;
import io.eventsync.server.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Calls of all edges by method and outcome: the HTTP status of a failed gRPC call is 200, so the library's metrics cannot tell. */
final class RpcMeters {
    private final MeterRegistry registry;
    private final Map<Outcome, Timer> unary = new ConcurrentHashMap<>();
    private final Map<Outcome, Counter> streams = new ConcurrentHashMap<>();
    private final Map<Reason, Counter> refusals = new EnumMap<>(Reason.class);
    private final LongAdder open = new LongAdder();

    private record Outcome(String method, String code) {}

    RpcMeters(MeterRegistry registry) {
        this.registry = registry;
        // All from the start: one that appears with its first refusal has not risen, for who watches it.
        for (Reason reason : Reason.values()) {
            refusals.put(reason, refusalCounter(reason));
        }
        Gauge.builder("eventsync.rpc.open", open, LongAdder::sum)
                .description("Calls and streams that are open now")
                .register(registry);
    }

    void began() {
        open.increment();
    }

    /**
     * @param method bounded: not what a client made up
     * @param code the gRPC status
     */
    void ended(String method, boolean isStream, String code, long nanos) {
        open.decrement();
        Outcome outcome = new Outcome(method, code);
        if (isStream) {
            streams.computeIfAbsent(outcome, this::streamCounter).increment();
        } else {
            unary.computeIfAbsent(outcome, this::unaryTimer).record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void refused(Reason reason) {
        Objects.requireNonNull(refusals.get(reason)).increment();
    }

    private Counter refusalCounter(Reason reason) {
        return Counter.builder("eventsync.rpc.refusals")
                .description("Calls that failed, by reason; docs/ERRORS.md explains each")
                .tag("reason", reason.name())
                .register(registry);
    }

    private Timer unaryTimer(Outcome outcome) {
        return Buckets.latency("eventsync.rpc", "Unary calls, from their headers to their answer")
                .tag("method", outcome.method())
                .tag("code", outcome.code())
                .register(registry);
    }

    private Counter streamCounter(Outcome outcome) {
        return Counter.builder("eventsync.rpc.streams.ended")
                .description("Streams that ended")
                .tag("method", outcome.method())
                .tag("code", outcome.code())
                .register(registry);
    }
}
