package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.FaultProxy;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Event;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishing to servers that do not stay. */
@Timeout(180)
class PublisherFaultIT {
    private static final int KILLS = Integer.getInteger("chaos.kills", 2);
    /** A server that dies waits for nobody. */
    private static final Map<String, String> HASTY = Map.of("server-drain-timeout", "0s");

    private static final int THREADS = 3;

    /** Each thread's events are numbered; every tenth has an id of this client's making. */
    private static final class Work implements AutoCloseable {
        final List<List<Future<Published>>> answers = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();
        private final List<Throwable> broken = new CopyOnWriteArrayList<>();
        private final AtomicBoolean isOver = new AtomicBoolean();

        Work(Publisher publisher) {
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                List<Future<Published>> own = new ArrayList<>();
                answers.add(own);
                threads.add(new Thread(() -> {
                    try {
                        publish(publisher, number, own);
                    } catch (Throwable e) {
                        broken.add(e);
                    }
                }));
            }
            threads.forEach(Thread::start);
        }

        private void publish(Publisher publisher, int thread, List<Future<Published>> own) {
            int next = 0;
            while (!isOver.get()) {
                Event event = Event.newBuilder()
                        .setId(next % 10 == 0 ? "" : thread + "-" + next)
                        .setTag("T" + thread)
                        .setMessage(Integer.toString(next))
                        .build();
                Future<Published> answer = publisher.publish(event);
                if (answer.cause() instanceof BufferFullException) {
                    TestServer.await(publisher.drained());
                } else {
                    own.add(answer);
                    next++;
                }
            }
        }

        @Override
        public void close() {
            isOver.set(true);
            try {
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                broken.add(e);
            }
            assertThat(broken).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void nothingIsLostOrDoubled_whenTheServerIsKilledAgainAndAgain(int appendsInFlight) throws Exception {
        TestServer server = TestServer.start(HASTY);
        List<TestServer> servers = new ArrayList<>(List.of(server));
        try (FaultProxy gate = FaultProxy.to(server.port())) {
            EventSyncClient client = EventSyncClient.connect(gate.address());
            Publisher publisher = client.publisher(PublisherOptions.defaults()
                    .appendsInFlight(appendsInFlight)
                    .append(50, 1 << 20)
                    .buffer(2_000, 32 << 20));
            Work work = new Work(publisher);
            try (work) {
                for (int kill = 0; kill < KILLS; kill++) {
                    long before = storedEvents(server);
                    org.awaitility.Awaitility.await().until(() -> storedEvents(server) > before + 200);
                    TestServer old = servers.get(servers.size() - 1);
                    TestServer next = TestServer.start(server.database(), HASTY);
                    servers.add(next);
                    gate.retarget(next.port());
                    // Once it dies from within, its store first; else its connections break, and it does behind them.
                    if (kill == 0) {
                        old.kill();
                    }
                    gate.cut();
                    old.kill();
                }
            }
            TestServer.await(publisher.close());

            for (int thread = 0; thread < THREADS; thread++) {
                List<Future<Published>> answers = work.answers.get(thread);
                assertThat(answers).allMatch(Future::succeeded);
                List<String> stored = server.query(
                        "select message from eventsync.events where tag = 'T" + thread + "' order by position");
                // Only one append in flight keeps the order: of several, a dying server may store the second and not
                // the first.
                assertThat(appendsInFlight == 1 ? stored : sorted(stored)).isEqualTo(numbers(answers.size()));
                assertThat(server.query(
                                "select message || ' ' || position || ' ' || id from eventsync.events where tag = 'T"
                                        + thread + "'"))
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, answers.size())
                                .mapToObj(i -> i + " " + answers.get(i).result().position() + " "
                                        + answers.get(i).result().id())
                                .toList());
            }
            TestServer.await(client.close());
        } finally {
            for (int i = servers.size() - 1; i >= 0; i--) {
                servers.get(i).close();
            }
        }
    }

    @Test
    void publisherMovesOn_whenTheServerDrains() throws Exception {
        try (TestServer staying = TestServer.start()) {
            TestServer leaving = TestServer.start(staying.database(), Map.of());
            try (leaving;
                    FaultProxy gate = FaultProxy.to(leaving.port())) {
                EventSyncClient client = EventSyncClient.connect(gate.address());
                Publisher publisher =
                        client.publisher(PublisherOptions.defaults().appendsInFlight(8));
                Work work = new Work(publisher);
                try (work) {
                    org.awaitility.Awaitility.await().until(() -> storedEvents(staying) > 500);
                    gate.retarget(staying.port());
                    leaving.stop();
                    long before = storedEvents(staying);
                    org.awaitility.Awaitility.await().until(() -> storedEvents(staying) > before + 500);
                }
                TestServer.await(publisher.close());
                assertThat(work.answers)
                        .allSatisfy(answers -> assertThat(answers).allMatch(Future::succeeded));
                TestServer.await(client.close());
            }
        }
    }

    @Test
    void everyFutureIsAnswered_whenClosedWithoutAServer() {
        TestServer server = TestServer.start();
        EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + server.port());
        Publisher publisher = client.publisher(PublisherOptions.defaults().closeTimeout(Duration.ofMillis(300)));
        server.kill();
        List<Future<Published>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(publisher.publish(Event.newBuilder().setTag("T").build()));
        }

        TestServer.await(client.close());

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.cause())
                        .isInstanceOfSatisfying(
                                EventSyncException.class,
                                e -> assertThat(e.metadata()).containsKey("id")));
        server.close();
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static List<String> sorted(List<String> numbers) {
        return numbers.stream()
                .sorted(Comparator.comparingInt(Integer::parseInt))
                .toList();
    }

    private static long storedEvents(TestServer server) {
        return server.storedEvents();
    }
}
