package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Connection;
import java.util.function.LongSupplier;

/** Which of the three ways to ingest. */
enum LoadMode {
    INGEST,
    BATCH,
    STREAM;

    Lane lane(Connection connection, EventTemplate template, LongSupplier numbers, int batchEvents) {
        return switch (this) {
            case INGEST -> new UnaryLane(connection, template, numbers);
            case BATCH -> new BatchLane(connection, template, numbers, batchEvents);
            default -> new StreamLane(connection, template, numbers, batchEvents);
        };
    }
}
