package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.check.RecordingSink;
import io.eventsync.loadtest.history.ReaderRecorder;
import io.eventsync.loadtest.read.ReadGoal;
import io.eventsync.loadtest.read.SubscribeReader;
import io.eventsync.loadtest.read.SyncLoop;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.v1.Filter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads from one server by the contract alone, without the SDK, and looks at every cursor on the way. */
final class PlainReader implements ChaosReader {

    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final long WAIT_MILLIS = 500;

    private final Vertx vertx;
    private final String name;
    private final RecordingSink sink;
    private final @Nullable SubscribeReader stream;
    private final @Nullable SyncLoop pages;

    PlainReader(
            Vertx vertx,
            Target target,
            boolean isStream,
            List<String> prefixes,
            ReaderRecorder recorder,
            String name,
            ChaosStart start,
            Duration giveUpAfter) {
        this.vertx = vertx;
        this.name = name;
        this.sink = new RecordingSink(recorder, start.cursor(), start.position());
        Filter filter = Filter.newBuilder().addAllTagPrefixes(prefixes).build();
        ReadGoal goal = new ReadGoal(0, Duration.ZERO, Duration.ZERO, giveUpAfter);
        Connection connection = Connection.to(vertx, target);
        this.stream = isStream ? new SubscribeReader(connection, filter, sink, goal) : null;
        this.pages = isStream ? null : new SyncLoop(connection, filter, sink, goal, WAIT_MILLIS);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void begin() {
        if (stream != null) {
            Edge.awaitDone(vertx.deployVerticle(stream), START_MAX);
        } else if (pages != null) {
            Edge.awaitDone(vertx.deployVerticle(pages), START_MAX);
        }
    }

    @Override
    public void turn() {
        if (stream != null) {
            stream.interrupt();
        }
    }

    @Override
    public long reached() {
        return sink.reached();
    }

    @Override
    public void finish() {
        if (stream != null) {
            stream.finish();
        } else if (pages != null) {
            pages.finish();
        }
    }

    @Override
    public Optional<Throwable> failure() {
        Future<Void> end =
                stream != null ? stream.finished() : pages != null ? pages.finished() : Future.succeededFuture();
        return Optional.ofNullable(end.cause());
    }

    @Override
    public String toString() {
        return name + " at " + reached();
    }
}
