package io.eventsync.client;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.FaultProxy;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One subscription, read in each of its ways, against a real server. */
@Timeout(60)
class SubscriptionIT {
    private static final ReadOptions FROM_BEGINNING = ReadOptions.all().fromBeginning();

    private final TestServer server = TestServer.start();
    private final EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + server.port());

    @AfterEach
    void close() {
        done(client.close());
        server.close();
    }

    @Test
    void follow_callsForEachNewEvent() {
        List<String> seen = new CopyOnWriteArrayList<>();
        Subscription subscription = client.follow("ORDER", event -> seen.add(event.getId()));
        await().until(() -> subscription.state() == SubscriptionState.LIVE);

        ingest("ORDER.PAID", 0, 3);

        await().until(() -> seen.size() == 3);
        assertThat(seen).containsExactly("ORDER.PAID-0", "ORDER.PAID-1", "ORDER.PAID-2");
    }

    @Test
    void process_waitsForTheFutureBeforeTheNextEvent() {
        ingest("A", 0, 3);
        List<Promise<Void>> working = new CopyOnWriteArrayList<>();
        Subscription subscription = client.subscribe(FROM_BEGINNING).process(event -> {
            working.add(Promise.promise());
            return working.get(working.size() - 1).future();
        });

        await().until(() -> working.size() == 1);
        String before = subscription.cursor();
        working.get(0).complete();

        await().until(() -> working.size() == 2);
        assertThat(subscription.cursor()).isNotEqualTo(before).endsWith("~1");
        done(subscription.close());
    }

    @Test
    void process_failsTheSubscription_andKeepsTheCursorBeforeTheEvent() {
        ingest("A", 0, 3);
        CursorStore store = CursorStore.memory();
        ReadOptions options = ReadOptions.all().keepCursor(store, "r");
        Subscription failing = client.subscribe(options)
                .process(event -> event.getPosition() < 3
                        ? Future.succeededFuture()
                        : Future.failedFuture(new IllegalStateException("no")));

        assertThatThrownBy(() -> await(failing.done())).hasMessage("no");
        assertThat(failing.state()).isEqualTo(SubscriptionState.FAILED);

        try (EventIterator again = client.subscribe(options).blocking()) {
            assertThat(again.next().getPosition()).isEqualTo(3);
        }
    }

    @Test
    void processBatches_givesCursorsThatFollowOn() {
        ingest("A", 0, 250);
        List<Page> pages = new CopyOnWriteArrayList<>();
        done(client.subscribe(FROM_BEGINNING.batchMax(100))
                .processBatches(page -> {
                    pages.add(page);
                    return Future.succeededFuture();
                })
                .close()
                .recover(x -> Future.succeededFuture()));
        Subscription subscription = client.subscribe(FROM_BEGINNING.batchMax(100));
        pages.clear();
        subscription.processBatches(page -> {
            pages.add(page);
            return Future.succeededFuture();
        });

        await().until(() ->
                pages.stream().mapToInt(page -> page.events().size()).sum() == 250);
        for (int i = 1; i < pages.size(); i++) {
            assertThat(pages.get(i).from()).isEqualTo(pages.get(i - 1).cursor());
        }
    }

    @Test
    void blocking_readsCatchUpAndLive_andEndsWhenClosed() throws Exception {
        ingest("A", 0, 1_000);
        EventIterator events = client.subscribe(FROM_BEGINNING).blocking();
        List<Long> positions = new ArrayList<>();
        Thread reader = new Thread(() -> events.forEach(event -> {
            positions.add(event.getPosition());
            if (positions.size() == 1_500) {
                events.close();
            }
        }));
        reader.start();
        ingest("A", 1_000, 500);

        reader.join(20_000);

        assertThat(positions)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 1_500).boxed().toList());
    }

    @Test
    void blocking_isInterruptible() throws Exception {
        EventIterator events = client.subscribe(FROM_BEGINNING).blocking();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        Thread reader = new Thread(() -> {
            try {
                boolean unused = events.hasNext();
            } catch (RuntimeException e) {
                thrown.add(e);
                thrown.add(new IllegalStateException(
                        String.valueOf(Thread.currentThread().isInterrupted())));
            }
        });
        reader.start();
        await().until(() -> events.subscription().state() == SubscriptionState.LIVE);
        reader.interrupt();
        reader.join(5_000);

        assertThat(thrown.get(0)).isInstanceOf(java.util.concurrent.CancellationException.class);
        assertThat(thrown.get(1)).hasMessage("true");
        events.close();
    }

    @Test
    void flow_deliversWhatWasRequested() {
        ingest("A", 0, 100);
        List<Event> seen = new CopyOnWriteArrayList<>();
        Promise<Flow.Subscription> asked = Promise.promise();
        Promise<Void> completed = Promise.promise();
        Subscription subscription = client.subscribe(FROM_BEGINNING);
        subscription.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription granted) {
                asked.complete(granted);
            }

            @Override
            public void onNext(Event event) {
                seen.add(event);
            }

            @Override
            public void onError(Throwable failure) {
                completed.fail(failure);
            }

            @Override
            public void onComplete() {
                completed.complete();
            }
        });

        Flow.Subscription flow = await(asked.future());
        flow.request(7);
        await().until(() -> seen.size() == 7);
        await().during(Duration.ofMillis(200)).until(() -> seen.size() == 7);
        flow.request(Long.MAX_VALUE);
        await().until(() -> seen.size() == 100);
        done(subscription.close());
        done(completed.future());
    }

    /** 64 MiB wait; the reader takes none of it, then all. */
    @Test
    void stalledReader_staysBounded_andContinues() {
        for (int i = 0; i < 64; i++) {
            ingestLarge(i);
        }
        List<Long> seen = new CopyOnWriteArrayList<>();
        List<Subscription> stalled = IntStream.range(0, 10)
                .mapToObj(i -> client.subscribe(FROM_BEGINNING.heartbeat(Duration.ofSeconds(1))))
                .toList();
        stalled.forEach(subscription -> subscription.pause().handler(event -> seen.add(event.getPosition())));
        await().until(() -> stalled.stream().allMatch(s -> s.state() == SubscriptionState.CATCHING_UP));

        // Longer than three heartbeats: standing still is not silence. Other calls on the connection go on.
        await().during(Duration.ofSeconds(4))
                .until(() -> stalled.stream().allMatch(s -> s.state() == SubscriptionState.CATCHING_UP));
        ingest("B", 0, 1);
        assertThat(seen).isEmpty();

        stalled.get(0).resume();
        await().until(() -> seen.size() == 64 * 4 + 1);
        assertThat(seen)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 64 * 4 + 1).boxed().toList());
    }

    @Test
    void watchdog_reconnects_whenTheNetworkSwallowsEverything() {
        try (FaultProxy proxy = FaultProxy.to(server.port())) {
            EventSyncClient far =
                    EventSyncClient.connect(ClientOptions.to(proxy.address()).deadline(Duration.ofSeconds(2)));
            List<SubscriptionState> states = new CopyOnWriteArrayList<>();
            List<Long> seen = new CopyOnWriteArrayList<>();
            Subscription subscription = far.subscribe(FROM_BEGINNING.heartbeat(Duration.ofSeconds(1)))
                    .onStateChange(states::add)
                    .handler(event -> seen.add(event.getPosition()));
            await().until(() -> subscription.state() == SubscriptionState.LIVE);

            proxy.blackHole();
            ingest("A", 0, 5);
            await().atMost(Duration.ofSeconds(6)).until(() -> subscription.state() != SubscriptionState.LIVE);
            proxy.heal();

            await().until(() -> seen.size() == 5);
            assertThat(states)
                    .startsWith(
                            SubscriptionState.CONNECTING,
                            SubscriptionState.CATCHING_UP,
                            SubscriptionState.LIVE,
                            SubscriptionState.WAITING,
                            SubscriptionState.CONNECTING);
            done(far.close());
        }
    }

    @Test
    void watchdog_reconnects_whenTheServerIsGoneAndNobodySaidSo() {
        try (FaultProxy proxy = FaultProxy.to(server.port())) {
            EventSyncClient far = EventSyncClient.connect(proxy.address());
            List<Long> seen = new CopyOnWriteArrayList<>();
            Subscription subscription = far.subscribe(FROM_BEGINNING.heartbeat(Duration.ofSeconds(1)))
                    .handler(event -> seen.add(event.getPosition()));
            await().until(() -> subscription.state() == SubscriptionState.LIVE);

            proxy.halfOpen();
            ingest("A", 0, 5);

            await().until(() -> seen.size() == 5);
            done(far.close());
        }
    }

    @Test
    void cutInTheMiddleOfAFrame_losesAndRepeatsNothing() {
        ingest("A", 0, 1_000);
        try (FaultProxy proxy = FaultProxy.to(server.port())) {
            EventSyncClient far = EventSyncClient.connect(proxy.address());
            List<Long> seen = new CopyOnWriteArrayList<>();
            proxy.cutAfterBytes(20_001);
            Subscription subscription = far.subscribe(
                            FROM_BEGINNING.backoff(Duration.ofMillis(1), Duration.ofMillis(50)))
                    .handler(event -> {
                        seen.add(event.getPosition());
                        if (seen.size() % 300 == 0) {
                            proxy.cutAfterBytes(10_007);
                        }
                    });

            await().until(() -> seen.size() >= 1_000 && subscription.state() == SubscriptionState.LIVE);

            assertThat(seen)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 1_000).boxed().toList());
            assertThat(proxy.accepted()).isGreaterThan(1);
            done(far.close());
        }
    }

    @Test
    void foreignCursor_endsTheSubscriptionAtOnce() {
        ingest("A", 0, 1);
        String foreign;
        try (TestServer other = TestServer.start(Map.of())) {
            EventSyncClient there = EventSyncClient.connect("127.0.0.1:" + other.port());
            try (SyncLoop pages = there.sync(ReadOptions.all().untilLevel())) {
                done(there.events()
                        .ingest(io.eventsync.v1.IngestRequest.newBuilder()
                                .setEvent(Event.newBuilder().setTag("X"))
                                .build()));
                foreign = pages.next().cursor();
            }
            done(there.close());
        }
        Subscription subscription =
                client.subscribe(ReadOptions.all().fromCursor(foreign)).handler(event -> {});

        assertThatThrownBy(() -> await(subscription.done())).isInstanceOf(CursorException.class);
        assertThat(subscription.state()).isEqualTo(SubscriptionState.FAILED);
    }

    private void ingest(String tag, int from, int count) {
        IngestBatchRequest.Builder batch = IngestBatchRequest.newBuilder();
        IntStream.range(from, from + count)
                .forEach(i -> batch.addEvents(
                        Event.newBuilder().setTag(tag).setId(tag + "-" + i).setJson("{}")));
        done(client.events().ingestBatch(batch.build()));
    }

    private void ingestLarge(int number) {
        IngestBatchRequest.Builder batch = IngestBatchRequest.newBuilder();
        IntStream.range(0, 4)
                .forEach(i -> batch.addEvents(Event.newBuilder()
                        .setTag("LARGE")
                        .setId("large-" + number + "-" + i)
                        .setData(com.google.protobuf.ByteString.copyFrom(new byte[250_000]))));
        done(client.events().ingestBatch(batch.build()));
    }
}
