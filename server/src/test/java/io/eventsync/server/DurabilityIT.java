package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.loadtest.history.HistoryChecker;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.loadtest.history.ReaderRecorder;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestResult;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process with its embedded Postgres, killed in the middle of its work; what it had acknowledged is kept outside. */
@Timeout(120)
class DurabilityIT {
    private static final int WRITERS = 24;
    private static final int BATCH = 20;
    private static final int ACKS_BETWEEN_FAULTS = LongRun.or(2_000, 4_000);

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final HistoryRecorder history = new HistoryRecorder();
    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final Queue<String> cursors = new ConcurrentLinkedQueue<>();
    private final Map<Long, String> stored = new TreeMap<>();
    private @Nullable ServerProcess server;
    private volatile Connection connection = Connection.to(vertx, new Target("127.0.0.1", 1));

    @AfterEach
    void close() {
        stop();
        done(vertx.close());
    }

    @Test
    void R1_R5_R6_acknowledgedEventsAndWholeBatchesSurviveKills() throws IOException {
        start();
        List<Future<Void>> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            int writer = w;
            Promise<Void> done = Promise.promise();
            vertx.runOnContext(v -> write(writer, 0, done));
            writers.add(done.future());
        }

        List<String> faults = List.of("server", "backend", "postmaster", "server", "server", "backend", "server");
        for (String fault : faults.subList(0, LongRun.or(3, faults.size()))) {
            awaitAcks();
            switch (fault) {
                case "server" -> {
                    stop();
                    start();
                }
                case "backend" -> ServerProcess.kill(running().backend());
                default -> ServerProcess.kill(running().postmaster());
            }
        }
        awaitAcks();
        writing.set(false);
        writers.forEach(TestSql::done);

        readAll();
        System.out.println("DurabilityIT acked=" + history.ackedCount() + " cursors=" + cursors.size());
        assertThat(HistoryChecker.check(history.history())).isEmpty();
        assertBatchesAreWhole();
        for (String cursor : cursors) {
            SyncResponse page = await(sync(cursor, 1));
            assertThat(page.getEventsCount() == 1 || page.getUpToDate()).isTrue();
        }
    }

    private void start() throws IOException {
        ServerProcess started = ServerProcess.start(folder.resolve("data"), "-Xmx256m");
        server = started;
        connection = Connection.to(vertx, started.target());
    }

    private void stop() {
        ServerProcess running = server;
        if (running != null) {
            running.kill();
        }
    }

    private ServerProcess running() {
        return Objects.requireNonNull(server);
    }

    private void awaitAcks() {
        int before = history.ackedCount();
        await().atMost(Duration.ofSeconds(20)).until(() -> history.ackedCount() >= before + ACKS_BETWEEN_FAULTS);
    }

    private void write(int writer, int number, Promise<Void> done) {
        if (!writing.get()) {
            done.complete();
            return;
        }
        IngestBatchRequest.Builder request = IngestBatchRequest.newBuilder();
        for (int i = 0; i < BATCH; i++) {
            request.addEvents(
                    Event.newBuilder().setId(writer + "-" + number + "-" + i).setTag("T.W" + writer));
        }
        send(writer, number, request.build(), System.nanoTime(), done);
    }

    private void send(int writer, int number, IngestBatchRequest request, long invoked, Promise<Void> done) {
        connection
                .unary(EventServiceGrpcClient.IngestBatch, request, 5_000)
                .onComplete(
                        response -> {
                            long returned = System.nanoTime();
                            for (int i = 0; i < BATCH; i++) {
                                IngestResult result = response.getResults(i);
                                history.acked(
                                        result.getId(),
                                        request.getEvents(i).getTag(),
                                        result.getPosition(),
                                        invoked,
                                        returned);
                            }
                            if (number % 10 == 0) {
                                cursors.add(response.getCursor());
                            }
                            write(writer, number + 1, done);
                        },
                        e -> vertx.setTimer(50, t -> send(writer, number, request, invoked, done)));
    }

    private Future<SyncResponse> sync(String cursor, int eventsMax) {
        Start start = cursor.isEmpty()
                ? Start.newBuilder().setAfterPosition(0).build()
                : Start.newBuilder().setCursor(cursor).build();
        return connection.unary(
                EventServiceGrpcClient.Sync,
                SyncRequest.newBuilder().setStart(start).setMaxEvents(eventsMax).build(),
                10_000);
    }

    private void readAll() {
        ReaderRecorder reader = history.reader("all", ReaderFilter.all());
        reader.opened(0);
        long last = 0;
        SyncResponse page = await(sync("", 1_000));
        while (true) {
            for (Event event : page.getEventsList()) {
                assertThat(event.getPosition()).isEqualTo(++last);
                reader.event(last, event.getId(), event.getTag());
                history.logged(last, event.getId(), event.getTag());
                stored.put(last, event.getId());
            }
            reader.cursor(last);
            if (page.getUpToDate()) {
                return;
            }
            page = await(sync(page.getCursor(), 1_000));
        }
    }

    /** Whatever a kill cut short is there whole, in one piece and in the order of the request, or not at all. */
    private void assertBatchesAreWhole() {
        Map<String, List<Long>> positions = new HashMap<>();
        List<String> torn = new ArrayList<>();
        stored.forEach((position, id) -> {
            int last = id.lastIndexOf('-');
            List<Long> batch = positions.computeIfAbsent(id.substring(0, last), name -> new ArrayList<>());
            batch.add(position);
            if (batch.size() - 1 != Integer.parseInt(id.substring(last + 1))
                    || position - batch.get(0) != batch.size() - 1) {
                torn.add(id + " at " + position);
            }
        });
        positions.forEach((name, batch) -> {
            if (batch.size() != BATCH) {
                torn.add(name + " has " + batch.size());
            }
        });
        assertThat(torn).isEmpty();
        assertThat(positions).isNotEmpty();
    }
}
