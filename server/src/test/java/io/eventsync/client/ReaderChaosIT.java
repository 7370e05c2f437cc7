package io.eventsync.client;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.loadtest.history.HistoryChecker;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.loadtest.history.ReaderRecorder;
import io.eventsync.server.FaultProxy;
import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers that are killed and started again behind a bad network, a writer, and six readers of as many kinds, three of which are themselves
 * dropped now and then and go on from the cursor they kept. {@code -Dchaos.restarts=50} makes it long.
 */
class ReaderChaosIT {
    private static final int RESTARTS = Integer.getInteger("chaos.restarts", 5);
    private static final ReadOptions OPTIONS = ReadOptions.tags("CHAOS")
            .fromBeginning()
            .heartbeat(Duration.ofSeconds(1))
            .backoff(Duration.ofMillis(10), Duration.ofMillis(200));

    private final HistoryRecorder recorder = new HistoryRecorder();
    private final Map<String, Long> reached = new ConcurrentHashMap<>();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final PgConnectOptions database = TestPostgres.freshDatabase();

    private @Nullable EventSyncClient client;
    private volatile boolean isWriting = true;
    private volatile boolean isReading = true;
    private volatile long written;

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void readers_loseAndRepeatNothing_throughRestartsAndFaults() throws Exception {
        int threadsBefore = Thread.getAllStackTraces().size();
        TestServer server = TestServer.start(database, Map.of());
        FaultProxy proxy = FaultProxy.to(server.port());
        FileCursorStore files = CursorStore.file(directory);
        client = EventSyncClient.connect(ClientOptions.to(proxy.address()).deadline(Duration.ofSeconds(2)));
        EventSyncClient mine = client;
        Thread writer = new Thread(() -> write(mine));
        Thread poller = new Thread(() -> poll(mine, files));
        Thread iterating = new Thread(() -> iterate(mine));
        ReaderRecorder byEvent = reader("process");
        ReaderRecorder byFrame = reader("batches");
        handler(mine);
        flow(mine);
        writer.start();
        poller.start();
        iterating.start();

        CursorStore memory = CursorStore.memory();
        List<Subscription> dropped = List.of();
        for (int restart = 0; restart < RESTARTS; restart++) {
            dropped = List.of(
                    watched(
                                    "process",
                                    mine.subscribe(OPTIONS.keepCursor(memory, "process")
                                            .saveEach()))
                            .process(event -> seen(byEvent, "process", event)),
                    watched(
                                    "batches",
                                    mine.subscribe(
                                            OPTIONS.keepCursor(files, "batches").saveEach()))
                            .processBatches(page -> {
                                page.events().forEach(event -> done(seen(byFrame, "batches", event)));
                                return Future.succeededFuture();
                            }));
            fault(proxy, restart);
            long before = written;
            server.kill();
            server.close();
            server = TestServer.start(database, Map.of());
            proxy.retarget(server.port());
            proxy.heal();
            await().atMost(Duration.ofSeconds(20)).until(() -> written > before);
            if (restart < RESTARTS - 1) {
                dropped.forEach(subscription -> done(subscription.close()));
            }
        }
        isWriting = false;
        writer.join();
        long head = written;
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(reached)
                        .as("readers that ended: " + ended + ", states " + states())
                        .hasSize(6)
                        .allSatisfy((name, position) -> assertThat(position).isGreaterThanOrEqualTo(head)));
        isReading = false;
        readLog(mine);

        assertThat(HistoryChecker.check(recorder.history())).isEmpty();
        assertThat(recorder.ackedCount()).isEqualTo((int) head);

        done(mine.close());
        poller.join(10_000);
        iterating.join(10_000);
        assertThat(poller.isAlive() || iterating.isAlive()).isFalse();
        await().until(() -> proxy.connections() == 0);
        files.close();
        proxy.close();
        server.close();
        await().until(() -> Thread.getAllStackTraces().size() <= threadsBefore + 3);
    }

    private List<SubscriptionState> states() {
        return subscriptions.stream().map(Subscription::state).toList();
    }

    /** Why a reader is not there any more. */
    private Subscription watched(String name, Subscription subscription) {
        subscriptions.add(subscription);
        subscription.done().onFailure(failure -> ended.add(name + ": " + failure));
        return subscription;
    }

    private static void fault(FaultProxy proxy, int number) {
        switch (number % 5) {
            case 0 -> proxy.cutAfterBytes(777);
            case 1 -> proxy.delay(20);
            case 2 -> proxy.blackHole();
            case 3 -> proxy.halfOpen();
            default -> proxy.refuse();
        }
    }

    private ReaderRecorder reader(String name) {
        ReaderRecorder reader = recorder.reader(name, ReaderFilter.prefixes("CHAOS"));
        reader.opened(0);
        return reader;
    }

    private Future<Void> seen(ReaderRecorder reader, String name, Event event) {
        reader.event(event.getPosition(), event.getId(), event.getTag());
        reached.put(name, event.getPosition());
        return Future.succeededFuture();
    }

    private void handler(EventSyncClient from) {
        ReaderRecorder reader = reader("handler");
        watched("handler", from.subscribe(OPTIONS)).handler(event -> done(seen(reader, "handler", event)));
    }

    private void flow(EventSyncClient from) {
        ReaderRecorder reader = reader("flow");
        watched("flow", from.subscribe(OPTIONS)).subscribe(new Flow.Subscriber<>() {
            private Flow.@Nullable Subscription flow;

            @Override
            public void onSubscribe(Flow.Subscription granted) {
                flow = granted;
                granted.request(10);
            }

            @Override
            public void onNext(Event event) {
                done(seen(reader, "flow", event));
                if (flow != null) {
                    flow.request(1);
                }
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        });
    }

    private void iterate(EventSyncClient from) {
        ReaderRecorder reader = reader("blocking");
        try (EventIterator events = watched("blocking", from.subscribe(OPTIONS)).blocking()) {
            events.forEach(event -> done(seen(reader, "blocking", event)));
        }
    }

    /** A loop of its own every few pages, as a job that is run now and then. */
    private void poll(EventSyncClient from, CursorStore store) {
        ReaderRecorder reader = reader("sync");
        while (isReading) {
            try (SyncLoop pages = from.sync(OPTIONS.keepCursor(store, "sync")
                    .saveEach()
                    .longPoll(Duration.ofMillis(200))
                    .untilLevel())) {
                pages.forEach(page -> page.events().forEach(event -> done(seen(reader, "sync", event))));
            } catch (RuntimeException e) {
                ended.add("sync: " + e);
                return;
            }
        }
    }

    private void write(EventSyncClient to) {
        for (int number = 0; isWriting; number++) {
            int first = number * 5;
            List<Event> events = IntStream.range(first, first + 5)
                    .mapToObj(i -> Event.newBuilder()
                            .setId("e" + i)
                            .setTag("CHAOS.T" + i % 3)
                            .setJson("{}")
                            .build())
                    .toList();
            IngestBatchRequest batch =
                    IngestBatchRequest.newBuilder().addAllEvents(events).build();
            long invoked = System.nanoTime();
            IngestBatchResponse answer = null;
            while (answer == null) {
                answer = await(to.events().ingestBatch(batch).otherwiseEmpty());
            }
            for (int i = 0; i < 5; i++) {
                long position = answer.getResults(i).getPosition();
                recorder.acked(events.get(i).getId(), events.get(i).getTag(), position, invoked, System.nanoTime());
                written = position;
            }
        }
    }

    private void readLog(EventSyncClient from) {
        try (SyncLoop pages = from.sync(ReadOptions.tags("CHAOS").untilLevel().batchMax(1_000))) {
            pages.forEach(page -> page.events()
                    .forEach(event -> recorder.logged(event.getPosition(), event.getId(), event.getTag())));
        }
        recorder.logRead();
    }
}
