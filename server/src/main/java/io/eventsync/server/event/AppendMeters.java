package io.eventsync.server.event;

import io.eventsync.server.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What is appended, in which portions, and what it waits for. */
final class AppendMeters {
    private final Counter events;
    private final Counter bytes;
    private final Counter duplicates;
    private final Counter failures;
    private final Counter lookups;
    private final DistributionSummary batch;
    private final Timer wait;
    private final Timer commit;

    AppendMeters(MeterRegistry registry, Supplier<Number> queuedEvents, Supplier<Number> queuedBytes) {
        this.events = counter(registry, "eventsync.append.events", "Events appended to the log by this node");
        this.bytes = counter(registry, "eventsync.append.bytes", "Size of events appended by this node");
        this.duplicates =
                counter(registry, "eventsync.append.duplicates", "Events answered with the position they had already");
        this.failures = counter(registry, "eventsync.append.failed.batches", "Batches that the database did not take");
        this.lookups = counter(
                registry,
                "eventsync.append.id.lookups",
                "Ids that were looked up on disk, as memory did not say that the log does not have them");
        this.batch = Buckets.size("eventsync.append.batch.events", "Events that were made durable together")
                .register(registry);
        this.wait = Buckets.latency("eventsync.append.wait", "How long the oldest request of a batch was queued")
                .register(registry);
        this.commit = Buckets.latency("eventsync.append.commit", "How long the database took to make a batch durable")
                .register(registry);
        Gauge.builder("eventsync.append.queued.events", queuedEvents)
                .description("Events that wait for the database; log.queue-events-max of them are refused")
                .register(registry);
        Gauge.builder("eventsync.append.queued.bytes", queuedBytes)
                .description("Memory held by what waits for the database")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void sent(AppendBatch appended) {
        wait.record(System.nanoTime() - appended.requests().get(0).sinceNanos(), TimeUnit.NANOSECONDS);
    }

    void committed(AppendBatch appended, long nanos) {
        events.increment(appended.size());
        bytes.increment(appended.bytes());
        batch.record(appended.size());
        commit.record(nanos, TimeUnit.NANOSECONDS);
    }

    void duplicates(int count) {
        duplicates.increment(count);
    }

    void lookedUp(int ids) {
        lookups.increment(ids);
    }

    void failed() {
        failures.increment();
    }
}
