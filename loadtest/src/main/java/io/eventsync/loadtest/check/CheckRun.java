package io.eventsync.loadtest.check;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.loadtest.read.ReadGoal;
import io.eventsync.loadtest.read.SubscribeReader;
import io.eventsync.loadtest.read.SyncLoop;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Writers and readers at once, readers that are interrupted all the while, and the log as it is in the end. */
final class CheckRun {

    private static final String PREFIX = "CHECK";
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration DEPLOY_MAX = Duration.ofSeconds(10);
    private static final long CALL_MILLIS_MAX = 10_000;
    private static final long SYNC_WAIT_MILLIS = 500;
    private static final int PAGE_EVENTS = 1_000;

    private final Vertx vertx;
    private final Target target;
    private final Duration giveUpAfter;
    private final HistoryRecorder recorder = new HistoryRecorder();
    private final List<Writer> writers = new ArrayList<>();
    private final List<SubscribeReader> subscribers = new ArrayList<>();
    private final List<SyncLoop> pollers = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private final List<String> late = new ArrayList<>();
    private volatile boolean isStopped;

    /** A reader: what it got, and its end. */
    record Reading(String name, RecordingSink sink, Supplier<Future<Void>> finished) {
        /** What is wrong with it, if it has not come to the end of the log. */
        Optional<String> late(long head) {
            if (sink.reached() >= head) {
                return Optional.empty();
            }
            Throwable cause = finished.get().cause();
            return Optional.of("LATE " + name + " came to " + sink.reached() + " of " + head
                    + (cause == null ? "" : " and ended: " + Edge.describe(cause)));
        }
    }

    CheckRun(Vertx vertx, Target target, Duration giveUpAfter) {
        this.vertx = vertx;
        this.target = target;
        this.giveUpAfter = giveUpAfter;
    }

    HistoryRecorder recorder() {
        return recorder;
    }

    /** Readers that did not come to the end of the log in time: what they missed is not among the violations of what they got. */
    List<String> late() {
        return List.copyOf(late);
    }

    int reconnects() {
        int count = 0;
        for (SubscribeReader reader : subscribers) {
            count += reader.reconnects();
        }
        for (SyncLoop reader : pollers) {
            count += reader.reconnects();
        }
        return count;
    }

    void stop() {
        isStopped = true;
    }

    /** Blocks for the run. Readers are interrupted in turn at this interval. */
    void run(int writerCount, int readerCount, Duration duration, Duration interruptEvery) {
        Connection connection = Connection.to(vertx, target);
        SyncResponse start = Edge.await(head(connection), DEPLOY_MAX);
        for (int i = 0; i < readerCount; i++) {
            addReader(i, start);
        }
        String run = UUID.randomUUID().toString().substring(0, 8);
        for (int i = 0; i < writerCount; i++) {
            Writer writer = new Writer(Connection.to(vertx, target), recorder, "check-" + run + "-" + i, giveUpAfter);
            writers.add(writer);
            Edge.awaitDone(vertx.deployVerticle(writer), DEPLOY_MAX);
        }
        interruptReaders(duration, interruptEvery);
        List<Future<Void>> ends = new ArrayList<>();
        writers.forEach(writer -> ends.add(writer.finish()));
        Edge.awaitDone(Future.join(ends), giveUpAfter.plus(DEPLOY_MAX));

        long head = Edge.await(head(connection), DEPLOY_MAX).getHeadPosition();
        waitUntil(() -> readings.stream().allMatch(reading -> reading.sink().reached() >= head), giveUpAfter);
        if (!isStopped) {
            readings.forEach(reading -> reading.late(head).ifPresent(late::add));
        }
        subscribers.forEach(SubscribeReader::finish);
        pollers.forEach(SyncLoop::finish);
        Edge.awaitDone(readLog(connection, start.getCursor(), head), giveUpAfter.plus(DEPLOY_MAX));
        recorder.logRead();
    }

    private void addReader(int number, SyncResponse start) {
        // Every reader another view: the whole, one tag, some tags; and both ways of reading.
        List<String> prefixes;
        if (number % 3 == 0) {
            prefixes = List.of(PREFIX);
        } else if (number % 3 == 1) {
            prefixes = List.of(Writer.tag(number));
        } else {
            prefixes = List.of(Writer.tag(1), Writer.tag(number), Writer.tag(7));
        }
        String name = (number % 4 == 3 ? "sync-" : "subscribe-") + number;
        RecordingSink sink = new RecordingSink(
                recorder.reader(name, new ReaderFilter(prefixes, List.of())),
                start.getCursor(),
                start.getHeadPosition());
        Filter filter = Filter.newBuilder().addAllTagPrefixes(prefixes).build();
        ReadGoal goal = new ReadGoal(0, Duration.ZERO, Duration.ZERO, giveUpAfter);
        Connection connection = Connection.to(vertx, target);
        if (number % 4 == 3) {
            SyncLoop reader = new SyncLoop(connection, filter, sink, goal, SYNC_WAIT_MILLIS);
            pollers.add(reader);
            readings.add(new Reading(name, sink, reader::finished));
            Edge.awaitDone(vertx.deployVerticle(reader), DEPLOY_MAX);
        } else {
            SubscribeReader reader = new SubscribeReader(connection, filter, sink, goal);
            subscribers.add(reader);
            readings.add(new Reading(name, sink, reader::finished));
            Edge.awaitDone(vertx.deployVerticle(reader), DEPLOY_MAX);
        }
    }

    private void interruptReaders(Duration duration, Duration every) {
        long until = System.nanoTime() + duration.toNanos();
        int turn = 0;
        while (System.nanoTime() < until && !isStopped) {
            long next = Math.min(until, System.nanoTime() + every.toNanos());
            waitUntil(() -> System.nanoTime() >= next, every);
            if (!subscribers.isEmpty()) {
                subscribers.get(turn++ % subscribers.size()).interrupt();
            }
        }
    }

    private void waitUntil(BooleanSupplier isReached, Duration max) {
        Future<Void> never = Promise.<Void>promise().future();
        long until = System.nanoTime() + max.toNanos();
        while (!isReached.getAsBoolean() && System.nanoTime() < until && !isStopped) {
            Edge.awaitOrElapse(never, STEP);
        }
    }

    private static Future<SyncResponse> head(Connection connection) {
        SyncRequest request = SyncRequest.newBuilder()
                .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_NOW))
                .setMaxEvents(1)
                .build();
        return connection.unary(EventServiceGrpcClient.Sync, request, CALL_MILLIS_MAX);
    }

    private Future<Void> readLog(Connection connection, String cursor, long head) {
        SyncRequest request = SyncRequest.newBuilder()
                .setFilter(Filter.newBuilder().addTagPrefixes(PREFIX))
                .setStart(Start.newBuilder().setCursor(cursor))
                .setMaxEvents(PAGE_EVENTS)
                .build();
        return connection
                .unary(EventServiceGrpcClient.Sync, request, CALL_MILLIS_MAX)
                .compose(page -> {
                    long last = 0;
                    for (Event event : page.getEventsList()) {
                        last = event.getPosition();
                        recorder.logged(last, event.getId(), event.getTag());
                    }
                    return page.getUpToDate() || last >= head
                            ? Future.succeededFuture()
                            : readLog(connection, page.getCursor(), head);
                });
    }
}
