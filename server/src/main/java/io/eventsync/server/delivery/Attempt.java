package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.tracing.Traceparent;
import io.eventsync.server.tracing.Work;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request or mail that is being made, with one event or a batch of them. */
final class Attempt {
    private final UUID id;
    private final List<Delivery> deliveries;
    private long atMicros;
    private int number;
    private @Nullable Work work;

    Attempt(UUID id, List<Delivery> deliveries) {
        this.id = id;
        this.deliveries = List.copyOf(deliveries);
    }

    UUID id() {
        return id;
    }

    /** In the order of their positions. */
    List<Delivery> deliveries() {
        return deliveries;
    }

    Delivery first() {
        return deliveries.get(0);
    }

    /** About what its events take. */
    long bytes() {
        long sum = 0;
        for (Delivery delivery : deliveries) {
            sum += delivery.bytes();
        }
        return sum;
    }

    boolean isBatch() {
        return deliveries.size() > 1;
    }

    /** Those whose event has to be fetched first. */
    List<Delivery> withoutEvent() {
        return deliveries.stream().filter(d -> d.event() == null).toList();
    }

    /** When it was put on record, in microseconds since 1970 by the database's clock. */
    long atMicros() {
        return atMicros;
    }

    /** The highest number of its deliveries' attempts. */
    int number() {
        return number;
    }

    void as(Work recorded) {
        this.work = recorded;
    }

    /** What to tell the receiver; empty if nobody traces, and for a batch unless this node does. */
    String traceparent() {
        Work recorded = work;
        if (recorded != null) {
            return recorded.traceparent();
        }
        return isBatch() ? "" : traceparent(first().event());
    }

    /** Of the events that were fetched, each valid or empty. */
    List<String> traceparents() {
        return deliveries.stream().map(d -> traceparent(d.event())).toList();
    }

    private static String traceparent(@Nullable LogEvent event) {
        return event == null ? "" : Traceparent.valid(event.content().traceparent());
    }

    void start(long micros) {
        this.atMicros = micros;
        for (Delivery delivery : deliveries) {
            delivery.number(delivery.number() + 1);
            if (delivery.firstMicros() == 0) {
                delivery.firstMicros(micros);
            }
            number = Math.max(number, delivery.number());
        }
    }
}
