package io.eventsync.loadtest.replay;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Retry;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResult;
import io.vertx.core.Future;
import java.util.List;

/** One call a unit: Ingest for one event, IngestBatch for more. */
final class CallSender implements Sender {

    private static final long CALL_MILLIS_MAX = 30_000;

    private final Connection connection;
    private final Retry retry;

    CallSender(Connection connection, Retry retry) {
        this.connection = connection;
        this.retry = retry;
    }

    @Override
    public Future<Integer> send(List<Event> events) {
        return retry.run(() -> events.size() == 1 ? one(events.get(0)) : batch(events));
    }

    private Future<Integer> one(Event event) {
        IngestRequest request = IngestRequest.newBuilder().setEvent(event).build();
        return connection
                .unary(EventServiceGrpcClient.Ingest, request, CALL_MILLIS_MAX)
                .map(answer -> answer.getResult().getDeduplicated() ? 1 : 0);
    }

    private Future<Integer> batch(List<Event> events) {
        IngestBatchRequest request =
                IngestBatchRequest.newBuilder().addAllEvents(events).build();
        return connection
                .unary(EventServiceGrpcClient.IngestBatch, request, CALL_MILLIS_MAX)
                .map(answer -> (int) answer.getResultsList().stream()
                        .filter(IngestResult::getDeduplicated)
                        .count());
    }
}
