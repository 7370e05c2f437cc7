package io.eventsync.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.eventsync.server.event.BenchmarkEvents;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.Event;
import io.eventsync.v1.SubscribeResponse;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The frame that a live subscription writes, from events in memory; one for all streams of a group. {@code generated} is the same by the
 * generated classes from events already parsed: what the copy of stored bytes saves.
 */
@State(Scope.Benchmark)
public class WireFramesBenchmark {
    @Param({"1", "64"})
    int events;

    private final Cursors cursors = new Cursors(new UUID(1, 2));
    private List<LogEvent> stored = List.of();
    private List<Event> parsed = List.of();
    private LogPoint point = LogPoint.BEGINNING;

    @Setup
    public void make() {
        stored = BenchmarkEvents.events(events);
        parsed = stored.stream().map(WireFramesBenchmark::parse).toList();
        point = LogPoint.after(stored.get(events - 1));
    }

    private static Event parse(LogEvent event) {
        try {
            return Event.parseFrom(event.wire());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Benchmark
    public Buffer frame() {
        return WireFrames.batch(cursors.encode(point), stored);
    }

    @Benchmark
    public byte[] generated() {
        return SubscribeResponse.newBuilder()
                .setCursor(cursors.encode(point))
                .setBatch(SubscribeResponse.EventBatch.newBuilder().addAllEvents(parsed))
                .build()
                .toByteArray();
    }
}
