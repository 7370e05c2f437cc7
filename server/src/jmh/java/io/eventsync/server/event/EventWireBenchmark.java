package io.eventsync.server.event;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A stored event into its wire form, once for all who read it from memory, and back again. */
@State(Scope.Benchmark)
public class EventWireBenchmark {
    private final LogEvent event = BenchmarkEvents.Row.of(17).event();
    private final byte[] wire = EventWire.encode(event);

    @Benchmark
    public byte[] encode() {
        return EventWire.encode(event);
    }

    @Benchmark
    public LogEvent decode() {
        return EventWire.decode(wire);
    }
}
