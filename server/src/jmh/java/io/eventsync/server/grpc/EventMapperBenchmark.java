package io.eventsync.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.eventsync.server.event.BenchmarkEvents;
import io.eventsync.server.event.EventLimits;
import io.eventsync.server.event.NewEvent;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the server does to an event before it is queued for the log: parse the request, hold it to the rules of the contract, encode what
 * is stored. {@code toNew} leaves the parsing out.
 */
@State(Scope.Benchmark)
public class EventMapperBenchmark {
    @Param({"client", "server"})
    String ids = "client";

    private final EventMapper mapper = new EventMapper(new EventLimits(256 << 10, 4 << 10, 32, 256, 128, 256, 1_000));
    private Event event = Event.getDefaultInstance();
    private byte[] request = {};

    @Setup
    public void make() {
        Event.Builder made = Event.newBuilder()
                .setTag(BenchmarkEvents.tag(17))
                .setKey("customer-17")
                .setJson(BenchmarkEvents.JSON)
                .putAllAttributes(Map.of("region", "eu", "version", "17"));
        event = (ids.equals("client") ? made.setId(BenchmarkEvents.id(17)) : made).build();
        request = IngestRequest.newBuilder().setEvent(event).build().toByteArray();
    }

    @Benchmark
    public NewEvent toNew() {
        return mapper.toNew(event, "event");
    }

    @Benchmark
    public NewEvent requestToNew() throws InvalidProtocolBufferException {
        return mapper.toNew(IngestRequest.parseFrom(request).getEvent(), "event");
    }
}
