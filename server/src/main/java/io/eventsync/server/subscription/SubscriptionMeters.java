package io.eventsync.server.subscription;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Open streams and what they carry. */
final class SubscriptionMeters {
    private final Counter frames;
    private final Counter events;
    private final Counter reads;
    private final LongAdder stalled = new LongAdder();

    SubscriptionMeters(MeterRegistry registry, Supplier<Number> open) {
        this.frames = counter(registry, "eventsync.subscription.frames", "Batches of events written to streams");
        this.events = counter(registry, "eventsync.subscription.events", "Events written to streams");
        this.reads = counter(
                registry,
                "eventsync.subscription.catch.up.reads",
                "Portions read for streams that are behind the live end");
        Gauge.builder("eventsync.subscriptions", open)
                .description("Open streams of this node")
                .register(registry);
        Gauge.builder("eventsync.subscriptions.stalled", stalled, LongAdder::sum)
                .description("Of them, those whose client does not take what was written")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void sent(int count) {
        frames.increment();
        events.increment(count);
    }

    void read() {
        reads.increment();
    }

    void stalled(boolean isStalled) {
        if (isStalled) {
            stalled.increment();
        } else {
            stalled.decrement();
        }
    }
}
