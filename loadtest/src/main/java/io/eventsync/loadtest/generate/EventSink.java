package io.eventsync.loadtest.generate;

import com.google.protobuf.Timestamp;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Retry;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** EventSync, in batches that grow while a call is under way: one call after the other, so that the log has the order of the entries. */
final class EventSink implements Sink {

    private static final long CALL_MILLIS_MAX = 10_000;
    private static final Duration SEND_MAX = Duration.ofSeconds(90);

    private final Connection connection;
    private final Retry retry;
    private final String run;
    private final int batchMax;
    private List<Event> batch = new ArrayList<>();
    private long made;
    private long ingested;

    /** @param run tells the ids of this run from those of others */
    EventSink(Connection connection, Retry retry, String run, int batchMax) {
        this.connection = connection;
        this.retry = retry;
        this.run = run;
        this.batchMax = batchMax;
    }

    @Override
    public void write(LogEntry entry) {
        made++;
        batch.add(event(entry, "generate-" + run + "-" + made));
        if (batch.size() == batchMax) {
            flush();
        }
    }

    @Override
    public void flush() {
        if (batch.isEmpty()) {
            return;
        }
        IngestBatchRequest request =
                IngestBatchRequest.newBuilder().addAllEvents(batch).build();
        batch = new ArrayList<>();
        Edge.awaitDone(
                retry.run(() -> connection.unary(EventServiceGrpcClient.IngestBatch, request, CALL_MILLIS_MAX)),
                SEND_MAX);
        ingested += request.getEventsCount();
    }

    @Override
    public void describe(Map<String, Object> result) {
        result.put("ingested", ingested);
    }

    @Override
    public void close() {
        // The connection is the command's; entries that were not flushed were refused.
    }

    private static Event event(LogEntry entry, String id) {
        Instant time = entry.time();
        Event.Builder event = Event.newBuilder()
                .setId(id)
                .setTag(entry.tag())
                .setKey(entry.user())
                .setMessage(entry.message())
                .setJson(JsonLines.object(entry))
                .setEventTime(
                        Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()))
                .putAttributes("level", entry.level().name())
                .putAttributes("service", entry.service());
        return event.build();
    }
}
