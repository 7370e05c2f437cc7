package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/** Which of the ways to ingest. */
enum LoadMode {
    INGEST,
    /** As INGEST, but JSON over HTTP. */
    HTTP,
    BATCH,
    STREAM;

    /** A way on a connection of its own. */
    Lane lane(Vertx vertx, Target target, EventTemplate template, LongSupplier numbers, int batchEvents) {
        return switch (this) {
            case INGEST -> new UnaryLane(Connection.to(vertx, target), template, numbers);
            case HTTP -> new HttpLane(vertx, target, template, numbers);
            case BATCH -> new BatchLane(Connection.to(vertx, target), template, numbers, batchEvents);
            case STREAM -> new StreamLane(Connection.to(vertx, target), template, numbers, batchEvents);
        };
    }
}
