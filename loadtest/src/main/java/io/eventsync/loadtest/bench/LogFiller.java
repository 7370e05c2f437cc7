package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.v1.EventServiceGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicLong;

/** Brings the log to a size by batches, to the event; a batch that was refused for now goes again under the same ids. */
final class LogFiller extends VerticleBase {

    private static final byte[] NO_HEAD = {};
    private static final int EVENTS_FIELD = 1;
    private static final int BATCH_EVENTS = 500;
    private static final int IN_FLIGHT_MAX = 8;
    private static final long RETRY_MILLIS = 100;
    /** In a row, over all batches: some ten seconds without one that got through. */
    private static final int FAILURES_MAX = 1_000;

    private final Connection connection;
    private final EventTemplate template;
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile Promise<Void> filled = Promise.promise();
    private long nextNumber;
    private long unsent;
    private int inFlight;
    private int failuresInARow;

    LogFiller(Connection connection, EventTemplate template) {
        this.connection = connection;
        this.template = template;
    }

    @Override
    public Future<?> stop() {
        return connection.close();
    }

    /** Ends when this many more events are in the log, or it was told to stop. One at a time. */
    Future<Void> add(long events) {
        Promise<Void> done = Promise.promise();
        filled = done;
        acknowledged.set(0);
        context.runOnContext(ignored -> {
            unsent = events;
            pump();
        });
        return done.future();
    }

    long acknowledged() {
        return acknowledged.get();
    }

    void stopNow() {
        filled.tryComplete();
    }

    private void pump() {
        while (inFlight < IN_FLIGHT_MAX && unsent > 0 && !filled.future().isComplete()) {
            int count = (int) Math.min(BATCH_EVENTS, unsent);
            unsent -= count;
            inFlight++;
            send(nextNumber, count);
            nextNumber += count;
        }
        if (inFlight == 0) {
            filled.tryComplete();
        }
    }

    private void send(long first, int count) {
        byte[] request = template.message(EVENTS_FIELD, first, count, NO_HEAD);
        connection
                .unary(EventServiceGrpcClient.IngestBatch, Buffer.buffer(request))
                .onComplete(
                        answer -> {
                            failuresInARow = 0;
                            acknowledged.addAndGet(count);
                            inFlight--;
                            pump();
                        },
                        failure -> failed(RpcException.of(failure, null), first, count));
    }

    private void failed(RpcException failure, long first, int count) {
        if (!failure.isRetryable() || ++failuresInARow > FAILURES_MAX) {
            filled.tryFail(failure);
        }
        if (filled.future().isComplete()) {
            inFlight--;
        } else {
            vertx.setTimer(RETRY_MILLIS, id -> send(first, count));
        }
    }
}
