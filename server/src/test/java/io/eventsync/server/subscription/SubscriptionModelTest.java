package io.eventsync.server.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TestLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Start;
import io.eventsync.server.sync.Starts;
import io.eventsync.server.tag.TagPrefix;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Streams in random histories against what a stream is: each frame holds exactly the matching events after the last frame's point up
 * to its own. From that follow order, no repetition, and that any frame's cursor is a place to go on from; that nothing is missing in
 * the end is looked at when a history comes to rest.
 */
class SubscriptionModelTest {
    private static final int HISTORIES = 1_000;
    private static final int STEPS = 60;
    private static final List<String> TAGS = List.of("A", "A.B", "A.B.C", "AB", "C", "C.D");
    private static final List<EventFilter> FILTERS = List.of(
            EventFilter.ALL,
            filter(List.of("A"), List.of(), Set.of()),
            filter(List.of("A.B", "C"), List.of("A.B.C"), Set.of()),
            filter(List.of(), List.of("A"), Set.of()),
            filter(List.of(), List.of(), Set.of("k1")),
            filter(List.of("C.D"), List.of(), Set.of("k0", "k2")));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void stream_isExact_whateverHappens(long suite) {
        Random seeds = new Random(suite);
        for (int i = 0; i < HISTORIES; i++) {
            long seed = seeds.nextLong();
            try {
                new History(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("history with seed " + seed + "L: " + e.getMessage(), e);
            }
        }
    }

    private static EventFilter filter(List<String> include, List<String> exclude, Set<String> keys) {
        return new EventFilter(
                include.stream().map(TagPrefix::new).toList(),
                exclude.stream().map(TagPrefix::new).toList(),
                keys,
                Map.of());
    }

    /** One open stream as its client sees it. */
    private static final class Client {
        final SubscriptionRequest request;
        final TestSink sink;
        LogPoint point = LogPoint.BEGINNING;
        int checked;
        boolean isLive;
        Subscriptions.@Nullable Handle handle;

        Client(SubscriptionRequest request, TestSink sink) {
            this.request = request;
            this.sink = sink;
        }
    }

    private static final class History {
        private final Random random;
        private final TestLoop loop = new TestLoop();
        private final TestLog log;
        private final Cursors cursors = new Cursors(new UUID(1, 2));
        private final Subscriptions subscriptions;
        private final LiveLoop live;
        private final List<Client> clients = new ArrayList<>();

        History(long seed) {
            random = new Random(seed);
            log = new TestLog(3 + random.nextInt(12), loop::later);
            SubscriptionConfig config = new SubscriptionConfig(
                    1_000, 1 << (10 + random.nextInt(3)), Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(15));
            Starts starts =
                    new Starts(log, cursors, name -> Future.failedFuture(new UnsupportedOperationException(name)));
            for (int i = random.nextInt(10); i > 0; i--) {
                append();
            }
            live = LiveLoop.start(loop.vertx(), log, config);
            subscriptions =
                    new Subscriptions(log, cursors, starts, config, InstantSource.system(), new SimpleMeterRegistry());
        }

        void run() {
            open();
            for (int i = 0; i < STEPS; i++) {
                step();
                clients.forEach(this::check);
            }
            comeToRest();
        }

        private void step() {
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3 -> append();
                case 4, 5, 6, 7, 8 -> loop.runTask();
                case 9, 10, 11 -> loop.runReply(random);
                case 12, 13, 14 -> loop.fireTimer(random);
                case 15, 16 -> any().sink.drain();
                case 17 -> any().sink.fill();
                case 18 -> log.expireBefore(log.earliest() + random.nextInt(4));
                case 19 -> log.setDown(random.nextBoolean());
                case 20, 21 -> open();
                case 22 -> loop.settle();
                default -> rare();
            }
        }

        private void rare() {
            switch (random.nextInt(6)) {
                case 0 -> cancel(any());
                case 1 -> terminate(any());
                case 2 -> subscriptions.drain().onComplete(v -> {});
                default -> append();
            }
        }

        private void append() {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                log.append(TAGS.get(random.nextInt(TAGS.size())), "k" + random.nextInt(3));
            }
        }

        private Client any() {
            return clients.get(random.nextInt(clients.size()));
        }

        private void open() {
            Start start = switch (random.nextInt(3)) {
                case 0 -> new Start.Beginning();
                case 1 -> new Start.Now();
                default ->
                    new Start.AfterPosition(random.nextInt((int) log.head().position() + 1));
            };
            SubscriptionRequest request = new SubscriptionRequest(
                    FILTERS.get(random.nextInt(FILTERS.size())),
                    start,
                    1 + random.nextInt(4),
                    Duration.ofMillis(random.nextBoolean() ? 0 : 50),
                    Duration.ZERO,
                    random.nextInt(3) == 0 ? ExpiredPolicy.ERROR : ExpiredPolicy.SKIP_TO_EARLIEST,
                    "client",
                    "peer");
            Client client = new Client(request, new TestSink(1 + random.nextInt(6), frame -> makeRoomElsewhere()));
            clients.add(client);
            subscriptions.open(request, live, client.sink).onSuccess(handle -> client.handle = handle);
        }

        /** Writing to one stream may flush its connection, and so make room on another. */
        private void makeRoomElsewhere() {
            if (random.nextInt(4) == 0) {
                any().sink.drain();
            }
        }

        private void cancel(Client client) {
            if (client.handle != null) {
                client.handle.gone();
                clients.remove(client);
                if (clients.isEmpty()) {
                    open();
                }
            }
        }

        private void terminate(Client client) {
            if (client.handle != null && client.sink.frames().get(0) instanceof Frame.Started started) {
                assertThat(subscriptions.terminate(started.subscriptionId())).isEqualTo(!client.sink.isOver());
            }
        }

        private void check(Client client) {
            List<Frame> frames = client.sink.frames();
            for (; client.checked < frames.size(); client.checked++) {
                check(client, frames.get(client.checked));
            }
            if (!frames.isEmpty()) {
                client.sink.failure().ifPresent(end -> assertBetween(client, cursor(end), List.of()));
            }
        }

        private LogPoint cursor(Failure failure) {
            return cursors.decode(failure.metadata().getOrDefault("cursor", "none"));
        }

        private void check(Client client, Frame frame) {
            LogPoint to = frame.point();
            assertThat(frame instanceof Frame.Started)
                    .as("Started is first, and only first")
                    .isEqualTo(client.checked == 0);
            if (frame instanceof Frame.Started) {
                client.point = to;
            } else if (frame instanceof Frame.Skipped skipped) {
                assertThat(to.position()).isGreaterThanOrEqualTo(client.point.position());
                assertThat(skipped.gap().earliestPosition()).isEqualTo(to.position() + 1);
                client.point = to;
            } else if (frame instanceof Frame.Events events) {
                assertThat(events.events()).isNotEmpty().hasSizeLessThanOrEqualTo(client.request.batchEventsMax());
                assertBetween(client, to, events.events());
            } else {
                assertBetween(client, to, List.of());
                client.isLive = frame instanceof Frame.Progress progress ? progress.isLive() : client.isLive;
            }
        }

        private void assertBetween(Client client, LogPoint to, List<LogEvent> events) {
            assertThat(to.position()).as("a point never goes back").isGreaterThanOrEqualTo(client.point.position());
            assertThat(positions(events))
                    .as("events after %s up to %s", client.point.position(), to.position())
                    .isEqualTo(
                            positions(log.matching(client.point.position(), to.position(), client.request.filter())));
            assertThat(log.verify(to).succeeded() || to.position() + 1 < log.earliest())
                    .as("the point can be gone on from")
                    .isTrue();
            client.point = to;
        }

        private static List<Long> positions(List<LogEvent> events) {
            return events.stream().map(LogEvent::position).toList();
        }

        /** Everyone takes what there is, and time passes: each stream has ended or stands at the head. */
        private void comeToRest() {
            log.setDown(false);
            for (int i = 0; i < 60; i++) {
                loop.settle();
                clients.forEach(client -> client.sink.drain());
                loop.settle();
                loop.fireTimers();
            }
            loop.settle();
            for (Client client : clients) {
                check(client);
                if (!client.sink.isOver() && client.handle != null) {
                    assertThat(client.isLive).as("in the end live").isTrue();
                    assertThat(client.point.position())
                            .as("in the end at the head")
                            .isEqualTo(log.head().position());
                }
            }
            assertThat(live.readAhead().pages())
                    .as("pages that streams may read ahead")
                    .isEqualTo(ReadAhead.Budget.ofLoop().pages());
            assertThat(subscriptions.size()).as("open streams").isEqualTo((int) clients.stream()
                    .filter(client -> client.handle != null && !client.sink.isOver())
                    .count());
        }
    }
}
