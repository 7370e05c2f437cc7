package io.eventsync.server.sync;

import io.eventsync.server.event.LogPoint;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The text form of a point: made for every ingest answer, frame and page, read for every page and stream that is asked for. */
@State(Scope.Benchmark)
public class CursorsBenchmark {
    private final Cursors cursors = new Cursors(new UUID(0x0123456789abcdefL, 0xfedcba9876543210L));
    private LogPoint point = LogPoint.BEGINNING;
    private String text = "";

    @Setup
    public void make() {
        point = new LogPoint(9_960_123, 0x5eed5eed);
        text = cursors.encode(point);
    }

    @Benchmark
    public String encode() {
        return cursors.encode(point);
    }

    @Benchmark
    public LogPoint decode() {
        return cursors.decode(text);
    }
}
