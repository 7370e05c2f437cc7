package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Attempts by outcome, how late events reach their receivers, and what putting it on record takes. On the context of its verticle. */
final class DeliveryMeters {
    private final MeterRegistry registry;
    private final Timer succeeded;
    private final Timer failed;
    private final Map<AttemptError, Counter> errors = new EnumMap<>(AttemptError.class);
    private final Counter delivered;
    private final Timer lag;
    private final Timer turn;
    private final DistributionSummary starts;

    DeliveryMeters(MeterRegistry registry, Supplier<Number> leases) {
        this.registry = registry;
        this.succeeded = attempt("succeeded");
        this.failed = attempt("failed");
        this.delivered = Counter.builder("eventsync.delivery.events")
                .description("Events that a receiver took")
                .register(registry);
        this.lag = Buckets.delay(
                        "eventsync.delivery.lag",
                        "From the ingest of an event until a receiver took it, retries included")
                .register(registry);
        this.turn = Buckets.latency(
                        "eventsync.delivery.record", "How long it took to put a round of attempts on record")
                .register(registry);
        this.starts = Buckets.size("eventsync.delivery.record.attempts", "Attempts that were put on record together")
                .register(registry);
        Gauge.builder("eventsync.delivery.leases", leases)
                .description("Endpoints that this node works")
                .register(registry);
    }

    private Timer attempt(String outcome) {
        return Buckets.latency(
                        "eventsync.delivery.attempts", "Requests and mails, from their first byte to their outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    void ended(Attempt attempt, AttemptResult result, long nowMicros) {
        boolean isDone = result.error().isEmpty();
        (isDone ? succeeded : failed).record(result.latencyMicros(), TimeUnit.MICROSECONDS);
        result.error()
                .ifPresent(error ->
                        errors.computeIfAbsent(error, this::errorCounter).increment());
        if (isDone) {
            delivered.increment(attempt.deliveries().size());
            LogEvent first = attempt.first().event();
            if (first != null) {
                lag.record(Math.max(0, nowMicros - first.ingestMicros()), TimeUnit.MICROSECONDS);
            }
        }
    }

    private Counter errorCounter(AttemptError error) {
        return Counter.builder("eventsync.delivery.attempt.errors")
                .description("Attempts that failed, by kind; docs/WEBHOOKS.md explains each")
                .tag("error", error.name())
                .register(registry);
    }

    void recorded(int attempts, long nanos) {
        turn.record(nanos, TimeUnit.NANOSECONDS);
        if (attempts > 0) {
            starts.record(attempts);
        }
    }
}
