package io.eventsync.server.grpc;

import io.eventsync.server.event.BenchmarkEvents;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.Page;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A page of rows into a Sync answer, from the columns as the database's driver hands them out: the event, its wire form, the cut to the
 * size of an answer, the answer.
 */
@State(Scope.Benchmark)
public class SyncPageBenchmark {
    private static final long ANSWER_BYTES_MAX = 4L << 20;

    @Param("1000")
    int events;

    private final Cursors cursors = new Cursors(new UUID(1, 2));
    private List<BenchmarkEvents.Row> rows = List.of();

    @Setup
    public void make() {
        rows = BenchmarkEvents.rows(events);
    }

    @Benchmark
    public Buffer rowsToAnswer() {
        List<LogEvent> read = new ArrayList<>(events);
        for (BenchmarkEvents.Row row : rows) {
            read.add(row.event());
        }
        Page page = new Page(read, LogPoint.after(read.get(events - 1))).cutTo(ANSWER_BYTES_MAX);
        SyncResponse rest = SyncResponse.newBuilder()
                .setCursor(cursors.encode(page.end()))
                .setHeadPosition(9_960_123)
                .build();
        return WireFrames.sync(rest, page.events());
    }
}
