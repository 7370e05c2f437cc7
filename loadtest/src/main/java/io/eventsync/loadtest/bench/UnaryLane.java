package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.v1.EventServiceGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.LongSupplier;

/** Ingest, one event a call. */
final class UnaryLane implements Lane {

    private static final byte[] NO_HEAD = {};
    private static final int EVENT_FIELD = 1;

    private final Connection connection;
    private final EventTemplate template;
    private final LongSupplier numbers;

    UnaryLane(Connection connection, EventTemplate template, LongSupplier numbers) {
        this.connection = connection;
        this.template = template;
        this.numbers = numbers;
    }

    @Override
    public Future<Void> open() {
        return send().mapEmpty();
    }

    @Override
    public Future<Integer> send() {
        byte[] request = template.message(EVENT_FIELD, numbers.getAsLong(), 1, NO_HEAD);
        return connection
                .unary(EventServiceGrpcClient.Ingest, Buffer.buffer(request))
                .map(1);
    }

    @Override
    public Future<Void> close() {
        return connection.close();
    }
}
