package io.eventsync.server.event;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A stored event into its wire form, as each one that comes or is read is made, and back again. */
@State(Scope.Benchmark)
public class EventWireBenchmark {
    private final BenchmarkEvents.Row row = BenchmarkEvents.Row.of(17);
    private final byte[] wire = encode();

    @Benchmark
    public byte[] encode() {
        return EventWire.encode(row.id(), row.tag(), row.body(), row.position(), row.ingestMicros());
    }

    @Benchmark
    public LogEvent decode() {
        return EventWire.decode(wire);
    }
}
