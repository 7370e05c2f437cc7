package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts attempts: goes round among the endpoints that may have something to send, one attempt each, while this node has slots. Scarce
 * slots go to endpoints with few in flight, so that those whose receivers hang leave room for the others.
 */
final class Pump {
    private static final Logger LOG = LoggerFactory.getLogger(Pump.class);
    private static final long FETCH_RETRY_MILLIS = 1_000;
    private static final long RETRY_MILLIS_MIN = 20;

    private final Vertx vertx;
    private final RunStore store;
    private final Feeder feeder;
    private final SteadyClock clock;
    private final Deque<Assignment> ready = new ArrayDeque<>();
    private final Deque<Assignment> outOfSlots = new ArrayDeque<>();
    private final Wakes wakes;
    private final Map<Attempt, Assignment> toFetch = new LinkedHashMap<>();
    private int freeSlots;
    private long freeBytes;
    private boolean isPlanned;
    private boolean isFetching;

    Pump(Vertx vertx, RunStore store, Feeder feeder, SteadyClock clock, int slots, long bytes) {
        this.vertx = vertx;
        this.store = store;
        this.feeder = feeder;
        this.clock = clock;
        this.wakes = new Wakes(vertx, clock, this::ready);
        this.freeSlots = slots;
        this.freeBytes = bytes;
    }

    /** It may have something to send. */
    void ready(Assignment assignment) {
        if (!assignment.isQueued) {
            assignment.isQueued = true;
            ready.add(assignment);
        }
        plan();
    }

    /** It is not this node's any more. */
    void forget(Assignment assignment) {
        wakes.forget(assignment);
    }

    /** A request ended, or was not made. */
    void freed(Attempt attempt) {
        freeSlots++;
        freeBytes += attempt.bytes();
        if (!outOfSlots.isEmpty()) {
            ready.addAll(outOfSlots);
            outOfSlots.clear();
            plan();
        }
    }

    private void plan() {
        if (!isPlanned) {
            isPlanned = true;
            vertx.runOnContext(v -> {
                isPlanned = false;
                round();
            });
        }
    }

    private void round() {
        long now = clock.millis();
        while (!ready.isEmpty()) {
            Assignment assignment = ready.poll();
            boolean isFull = freeSlots == 0 || freeBytes <= 0;
            if (isFull || assignment.run().inFlight() >= Math.max(1, freeSlots / 2)) {
                outOfSlots.add(assignment);
                continue;
            }
            Attempt attempt = assignment.run().next(now);
            feeder.want(assignment);
            if (attempt == null) {
                assignment.isQueued = false;
                planWake(assignment, now);
                continue;
            }
            freeSlots--;
            freeBytes -= attempt.bytes();
            ready.add(assignment);
            if (attempt.withoutEvent().isEmpty()) {
                assignment.run().begin(attempt);
            } else {
                toFetch.put(attempt, assignment);
            }
        }
        fetch();
    }

    private void planWake(Assignment assignment, long now) {
        long wake = assignment.run().wakeMillis(now);
        if (wake == Long.MAX_VALUE || (wake <= now && assignment.run().inFlight() > 0)) {
            return; // an answer or a new event wakes it
        }
        long at = Math.max(wake, now + 1);
        if (wake <= now) {
            at = now + RETRY_MILLIS_MIN;
        }
        wakes.plan(assignment, at, now);
    }

    /** Gets the events of deliveries that waited; as many as there are at once. */
    private void fetch() {
        if (isFetching || toFetch.isEmpty()) {
            return;
        }
        isFetching = true;
        Map<Attempt, Assignment> attempts = new LinkedHashMap<>(toFetch);
        toFetch.clear();
        List<RunStore.Place> places = new ArrayList<>();
        attempts.forEach((attempt, assignment) ->
                attempt.withoutEvent().forEach(d -> places.add(new RunStore.Place(assignment.id(), d.position()))));
        store.events(places)
                .onComplete(
                        events -> {
                            isFetching = false;
                            attempts.forEach((attempt, assignment) -> begin(attempt, assignment, events));
                            fetch();
                        },
                        e -> {
                            isFetching = false;
                            LOG.warn("events that wait cannot be read cause={} next=again", e.getMessage());
                            long now = clock.millis();
                            attempts.forEach((attempt, assignment) -> {
                                assignment.run().drop(attempt, now + FETCH_RETRY_MILLIS, now);
                                freed(attempt);
                                ready(assignment);
                                assignment.tellIfIdle();
                            });
                            fetch();
                        });
    }

    private void begin(Attempt attempt, Assignment assignment, Map<RunStore.Place, LogEvent> events) {
        for (Delivery delivery : attempt.withoutEvent()) {
            delivery.event(events.get(new RunStore.Place(assignment.id(), delivery.position())));
        }
        if (attempt.withoutEvent().isEmpty()) {
            assignment.run().begin(attempt);
            return;
        }
        // Somebody moved the endpoint, and the rows are gone.
        assignment.run().forget(attempt, clock.millis());
        freed(attempt);
        ready(assignment);
        assignment.tellIfIdle();
    }
}
