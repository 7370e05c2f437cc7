package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.v1.EventServiceGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.LongSupplier;

/** IngestBatch, some events a call. The supplier's numbers are those of batches. */
final class BatchLane implements Lane {

    private static final byte[] NO_HEAD = {};
    private static final int EVENTS_FIELD = 1;

    private final Connection connection;
    private final EventTemplate template;
    private final LongSupplier numbers;
    private final int batchEvents;

    BatchLane(Connection connection, EventTemplate template, LongSupplier numbers, int batchEvents) {
        this.connection = connection;
        this.template = template;
        this.numbers = numbers;
        this.batchEvents = batchEvents;
    }

    @Override
    public Future<Void> open() {
        return send().mapEmpty();
    }

    @Override
    public Future<Integer> send() {
        long first = numbers.getAsLong() * batchEvents;
        byte[] request = template.message(EVENTS_FIELD, first, batchEvents, NO_HEAD);
        return connection
                .unary(EventServiceGrpcClient.IngestBatch, Buffer.buffer(request))
                .map(batchEvents);
    }

    @Override
    public Future<Void> close() {
        return connection.close();
    }
}
