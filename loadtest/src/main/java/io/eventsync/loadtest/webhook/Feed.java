package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.cluster.Cluster;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ingests events in small batches, a few at once, and each until somebody has answered. Goes only as far as it may. */
final class Feed extends VerticleBase {

    private static final int BATCH_EVENTS = 20;
    private static final int IN_FLIGHT_MAX = 4;
    private static final long PAUSE_MILLIS = 2;

    private final Cluster cluster;
    private final List<Event> events;
    private final Promise<Void> done = Promise.promise();
    private volatile int allowed;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private int next;
    private int inFlight;

    Feed(Cluster cluster, List<Event> events) {
        this.cluster = cluster;
        this.events = events;
    }

    @Override
    public Future<?> start() {
        tick();
        return Future.succeededFuture();
    }

    /** So many events may go out, counted from the first. */
    void allow(int count) {
        allowed = count;
    }

    /** The ids that somebody answered for. */
    Set<String> acknowledged() {
        return acknowledged;
    }

    /** Ends when all events were acknowledged; fails when one was refused, or nobody answered for too long. */
    Future<Void> done() {
        return done.future();
    }

    private void tick() {
        while (inFlight < IN_FLIGHT_MAX && next < Math.min(allowed, events.size())) {
            send(Math.min(next + BATCH_EVENTS, Math.min(allowed, events.size())));
        }
        if (inFlight == 0 && next == events.size()) {
            done.tryComplete();
        }
        if (!done.future().isComplete()) {
            vertx.setTimer(PAUSE_MILLIS, id -> tick());
        }
    }

    private void send(int until) {
        IngestBatchRequest request = IngestBatchRequest.newBuilder()
                .addAllEvents(events.subList(next, until))
                .build();
        next = until;
        inFlight++;
        cluster.call(EventServiceGrpcClient.IngestBatch, request).onComplete((answer, failure) -> {
            inFlight--;
            if (failure != null) {
                done.tryFail(failure);
            } else {
                request.getEventsList().forEach(event -> acknowledged.add(event.getId()));
            }
        });
    }
}
