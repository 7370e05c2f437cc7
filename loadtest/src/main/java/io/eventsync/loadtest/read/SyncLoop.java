package io.eventsync.loadtest.read;

import com.google.protobuf.Duration;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/** Reads by Sync, page by page, waiting at the head for more. */
public final class SyncLoop extends VerticleBase {

    private static final int PAGE_EVENTS_MAX = 1_000;
    private static final long ANSWER_MILLIS_MAX = 10_000;

    private final Connection connection;
    private final Filter filter;
    private final FrameSink sink;
    private final ReadGoal goal;
    private final long waitMillis;

    private @Nullable Reading reading;
    private boolean isOpen;
    private long reached;

    public SyncLoop(Connection connection, Filter filter, FrameSink sink, ReadGoal goal, long waitMillis) {
        this.connection = connection;
        this.filter = filter;
        this.sink = sink;
        this.goal = goal;
        this.waitMillis = waitMillis;
    }

    @Override
    public Future<?> start() {
        reading = new Reading(vertx, sink, goal, this::page);
        reading.begin();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        reading().finish();
        return connection.close();
    }

    /** Ends when the goal is reached, or fails when reading cannot go on. */
    public Future<Void> finished() {
        return reading().finished();
    }

    public int reconnects() {
        return reading().reconnects();
    }

    public void finish() {
        context.runOnContext(ignored -> reading().finish());
    }

    private Reading reading() {
        if (reading == null) {
            throw new IllegalStateException("not started");
        }
        return reading;
    }

    private void page() {
        connection
                .unary(EventServiceGrpcClient.Sync, request(), waitMillis + ANSWER_MILLIS_MAX)
                .onComplete(this::receive, failure -> {
                    isOpen = false;
                    connection.renew();
                    reading().lost(RpcException.of(failure, null));
                });
    }

    private SyncRequest request() {
        String cursor = sink.cursor();
        Start.Builder start = cursor.isEmpty()
                ? Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING)
                : Start.newBuilder().setCursor(cursor);
        return SyncRequest.newBuilder()
                .setFilter(filter)
                .setStart(start)
                .setMaxEvents((int) Math.min(PAGE_EVENTS_MAX, reading().remainingEvents()))
                .setWait(Duration.newBuilder()
                        .setSeconds(waitMillis / 1_000)
                        .setNanos((int) (waitMillis % 1_000) * 1_000_000))
                .build();
    }

    private void receive(SyncResponse page) {
        if (reading().isOver()) {
            return;
        }
        if (!isOpen) {
            isOpen = true;
            reading().opened(reached);
        }
        if (page.getEventsCount() > 0) {
            reached = page.getEvents(page.getEventsCount() - 1).getPosition();
            reading().events(page.getEventsList(), page.getCursor());
        }
        if (page.getUpToDate()) {
            reached = page.getHeadPosition();
        }
        if (page.getUpToDate() || page.getEventsCount() == 0) {
            reading().progress(reached, page.getCursor());
        }
        if (!reading().isOver()) {
            page();
        }
    }
}
