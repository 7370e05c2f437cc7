package io.eventsync.loadtest.propagate;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.StopSignal;
import io.eventsync.loadtest.rpc.RpcException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Sends one random event an interval, one after the other; what fails is counted and not sent again. */
final class Propagator {

    private static final Duration SEND_MAX = Duration.ofSeconds(15);

    private final List<PropagatedEvent> events;
    private final Destination destination;
    private final SplittableRandom random;
    private final StopSignal stop;
    private final Map<String, Long> byType = new TreeMap<>();
    private final Map<String, Long> failures = new TreeMap<>();
    private final AtomicLong sent = new AtomicLong();

    Propagator(List<PropagatedEvent> events, Destination destination, long seed, StopSignal stop) {
        this.events = List.copyOf(events);
        this.destination = destination;
        this.random = new SplittableRandom(seed);
        this.stop = stop;
    }

    /** Blocks until so many were sent, the time is up or it was stopped. The first event goes at once. */
    void run(Duration interval, long count, Duration max) {
        long due = System.nanoTime();
        long end = due + max.toNanos();
        while (sent.get() < count && due - end < 0 && stop.reaches(due)) {
            send();
            // An answer that took longer than the interval is not made up for by a burst.
            due = Math.max(due + interval.toNanos(), System.nanoTime());
        }
    }

    long sent() {
        return sent.get();
    }

    boolean isAllAccepted() {
        return sent.get() > 0 && failures.isEmpty();
    }

    void describe(Map<String, Object> result) {
        long failed = failures.values().stream().mapToLong(Long::longValue).sum();
        result.put("sent", sent.get());
        result.put("accepted", sent.get() - failed);
        result.put("failed", failed);
        result.put("failures", new LinkedHashMap<>(failures));
        result.put("sent_by_type", new LinkedHashMap<>(byType));
    }

    private void send() {
        PropagatedEvent event = events.get(random.nextInt(events.size()));
        byType.merge(event.type(), 1L, Long::sum);
        try {
            Edge.awaitDone(destination.send(event, sent.incrementAndGet()), SEND_MAX);
        } catch (RuntimeException e) {
            failures.merge(reason(e), 1L, Long::sum);
        }
    }

    private static String reason(RuntimeException failure) {
        if (failure instanceof RpcException rpc) {
            return rpc.reason();
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return Edge.describe(cause);
    }
}
