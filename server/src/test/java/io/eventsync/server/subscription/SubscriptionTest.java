package io.eventsync.server.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.TestLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Start;
import io.eventsync.server.sync.Starts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
    private static final SubscriptionConfig CONFIG =
            new SubscriptionConfig(5, 1 << 10, Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(15));

    private final TestLoop loop = new TestLoop();
    private final TestLog log = new TestLog(1_000, loop::later);
    private final Cursors cursors = new Cursors(new UUID(1, 2));
    private final LiveLoop live = LiveLoop.start(loop.vertx(), log, CONFIG, this::now);
    private final Starts starts =
            new Starts(log, cursors, name -> Future.failedFuture(new UnsupportedOperationException(name)));
    private final Subscriptions subscriptions =
            new Subscriptions(log, cursors, starts, CONFIG, InstantSource.system(), new SimpleMeterRegistry());

    private long nowNanos;
    private long stepNanos;

    /** Passes by so much whenever somebody looks. */
    private long now() {
        nowNanos += stepNanos;
        return nowNanos;
    }

    @Test
    void loop_sharesOneFrame_amongStreamsThatWantTheSame() {
        TestSink one = open(Duration.ZERO);
        TestSink other = open(Duration.ZERO);

        log.append("A", "k");
        pass();

        assertThat(events(one)).containsExactly(1L);
        assertThat(one.last()).isSameAs(other.last());
    }

    @Test
    void lingeringEvents_travelTogether() {
        TestSink sink = open(Duration.ofMillis(50));

        log.append("A", "k");
        loop.settle();
        log.append("A", "k");
        loop.settle();
        assertThat(events(sink)).isEmpty();
        loop.fireTimers();

        assertThat(((Frame.Events) sink.last()).events()).hasSize(2);
    }

    @Test
    void eventsAreSentAtOnce_whileATickCostsNothing() {
        TestSink sink = open(Duration.ZERO);

        log.append("A", "k");
        loop.settle();
        log.append("A", "k");
        loop.settle();

        assertThat(events(sink)).containsExactly(1L, 2L);
        assertThat(((Frame.Events) sink.last()).events()).hasSize(1);
    }

    @Test
    void eventsAreSentAtOnce_whenThereAreFewStreams_whateverATickCosts() {
        TestSink sink = open(Duration.ZERO);
        stepNanos = CONFIG.tick().toNanos() / 4;

        for (int i = 0; i < 3; i++) {
            log.append("A", "k");
            loop.settle();
        }

        assertThat(events(sink)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void eventsAreGathered_whenATickForManyStreamsCosts() {
        TestSink sink = open(Duration.ZERO);
        for (int i = 0; i < 4; i++) {
            assertThat(open(Duration.ZERO)).isNotSameAs(sink);
        }
        stepNanos = CONFIG.tick().toNanos() / 4;

        for (int i = 0; i < 3; i++) {
            log.append("A", "k");
            loop.settle();
        }
        assertThat(events(sink)).containsExactly(1L);
        loop.fireTimers();

        assertThat(events(sink)).containsExactly(1L, 2L, 3L);
        assertThat(((Frame.Events) sink.last()).events()).hasSize(2);
    }

    /** The newcomer makes the group send what lingers, and over that its only member goes: the group is gone, too. */
    @Test
    void newcomer_getsWhatComes_whenTheLastMemberBlocksAsItJoins() {
        TestSink first = open(Duration.ofMillis(50));
        log.append("A", "k");
        loop.settle();
        first.setRoom(0);

        TestSink second = open(Duration.ofMillis(50));
        log.append("A", "k");
        pass();
        pass();

        assertThat(events(first)).containsExactly(1L);
        assertThat(events(second)).containsExactly(2L);
    }

    @Test
    void idleStream_isSentNoMoreHeartbeats_whenItsClientTakesNothing() {
        TestSink sink = open(request(Duration.ZERO, Duration.ZERO));
        sink.setRoom(sink.frames().size() + 2);

        for (int i = 0; i < 20; i++) {
            pass();
        }
        int sent = sink.frames().size();
        sink.drain();
        pass();
        pass();

        assertThat(sent).isEqualTo(4);
        assertThat(sink.frames()).hasSizeGreaterThan(sent);
    }

    /** A loop without streams is not woken, so whoever comes next has to start its beat. */
    @Test
    void heartbeats_comeAgain_whenALoopHadNoStreamsMeanwhile() {
        SubscriptionRequest request = request(Duration.ZERO, Duration.ZERO);
        TestSink first = open(request);
        pass();
        assertThat(subscriptions.terminate(subscriptions.list().get(0).id())).isTrue();
        pass();
        assertThat(loop.hasTimers()).isFalse();

        TestSink second = open(request);
        int before = second.frames().size();
        pass();

        assertThat(first.frames()).isNotEmpty();
        assertThat(second.frames()).hasSizeGreaterThan(before);
    }

    @Test
    void loop_isWokenForNewEvents_onlyWhileItHasStreams() {
        assertThat(live.sleeps()).isTrue();
        log.append("A", "k");
        TestSink sink = open(Duration.ZERO);
        assertThat(live.sleeps()).isFalse();
        log.append("A", "k");
        pass();
        assertThat(subscriptions.terminate(subscriptions.list().get(0).id())).isTrue();
        pass();
        assertThat(live.sleeps()).isTrue();
        log.append("A", "k");
        TestSink next = open(Duration.ZERO);
        log.append("A", "k");
        pass();

        assertThat(events(sink)).containsExactly(2L);
        assertThat(events(next)).containsExactly(4L);
    }

    /** The loop has caught up, and is not told of events yet. */
    @Test
    void stream_getsWhatComes_whileItsLoopWakes() {
        TestSink sink = new TestSink(Integer.MAX_VALUE, frame -> {
            if (frame instanceof Frame.Progress && log.head().position() == 0) {
                log.append("A", "k");
            }
        });

        Future<Subscriptions.Handle> opened = subscriptions.open(request(Duration.ZERO), live, sink);
        pass();

        assertThat(opened.succeeded()).isTrue();
        assertThat(events(sink)).containsExactly(1L);
    }

    @Test
    void liveStream_ends_whenTheLogStartsOver() {
        TestSink sink = open(Duration.ZERO);
        log.append("A", "k");
        pass();

        log.regress(1, 0);
        pass();

        assertRefused(sink, Reason.STORE_UNAVAILABLE);
    }

    @Test
    void blockedStream_ends_whenTheLogStartedOverMeanwhile() {
        TestSink sink = open(Duration.ZERO);
        sink.setRoom(1);
        log.append("A", "k");
        log.append("A", "k");
        pass();

        log.regress(2, 1);
        pass();
        sink.drain();
        pass();

        assertRefused(sink, Reason.STORE_UNAVAILABLE);
        assertThat(events(sink)).containsExactly(1L, 2L);
    }

    /** A JSON array is over with the frame that says live. */
    @Test
    void stream_joinsNoGroup_whenItsClientHasAllOnceItIsLive() {
        AtomicReference<Subscriptions.Handle> handle = new AtomicReference<>();
        TestSink sink = new TestSink(Integer.MAX_VALUE, frame -> {
            if (frame instanceof Frame.Progress) {
                Objects.requireNonNull(handle.get()).gone();
            }
        });
        log.append("A", "k");

        subscriptions.open(fromTheBeginning(), live, sink).onSuccess(handle::set);
        loop.settle();
        log.append("A", "k");
        pass();

        assertThat(events(sink)).containsExactly(1L);
        assertThat(sink.last()).isInstanceOf(Frame.Progress.class);
        assertThat(subscriptions.list()).isEmpty();
    }

    @Test
    void stream_isRefused_whenThereAreEnough() {
        for (int i = 0; i < CONFIG.max(); i++) {
            assertThat(open(Duration.ZERO).isOver()).isFalse();
        }

        var refused = subscriptions.open(request(Duration.ZERO), live, new TestSink());
        loop.settle();

        assertThat(refused.cause())
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.reason()).isEqualTo(Reason.LIMIT_REACHED));
    }

    @Test
    void drain_saysGoodByeWithTheCursor_andOpensNoMore() {
        TestSink sink = open(Duration.ofMillis(50));
        log.append("A", "k");
        loop.settle();
        loop.fireTimers();

        Future<Void> drained = subscriptions.drain();
        var late = subscriptions.open(request(Duration.ZERO), live, new TestSink());
        loop.settle();

        assertThat(drained.succeeded()).isTrue();
        assertThat(events(sink)).containsExactly(1L);
        assertThat(sink.last()).isInstanceOf(Frame.Draining.class);
        assertThat(sink.last().point()).isEqualTo(log.head());
        assertRefused(sink, Reason.DRAINING);
        assertThat(late.failed()).isTrue();
    }

    @Test
    void stoppedLoop_listensNoMore() {
        live.stop();

        assertThat(log.isListenedTo()).isFalse();
    }

    private TestSink open(Duration linger) {
        return open(request(linger));
    }

    private TestSink open(SubscriptionRequest request) {
        TestSink sink = new TestSink();
        Future<Subscriptions.Handle> opened = subscriptions.open(request, live, sink);
        loop.settle();
        assertThat(opened.succeeded()).isTrue();
        return sink;
    }

    private static SubscriptionRequest fromTheBeginning() {
        return new SubscriptionRequest(
                EventFilter.ALL,
                new Start.Beginning(),
                10,
                Duration.ZERO,
                Duration.ofHours(1),
                ExpiredPolicy.ERROR,
                "client",
                "peer");
    }

    private static SubscriptionRequest request(Duration linger) {
        return request(linger, Duration.ofHours(1));
    }

    private static SubscriptionRequest request(Duration linger, Duration heartbeatInterval) {
        return new SubscriptionRequest(
                EventFilter.ALL, new Start.Now(), 10, linger, heartbeatInterval, ExpiredPolicy.ERROR, "client", "peer");
    }

    /** All that is due happens, and time passes. */
    private void pass() {
        loop.settle();
        loop.fireTimers();
        loop.settle();
    }

    private static List<Long> events(TestSink sink) {
        return sink.frames().stream()
                .filter(Frame.Events.class::isInstance)
                .flatMap(frame -> ((Frame.Events) frame).events().stream())
                .map(LogEvent::position)
                .toList();
    }

    private static void assertRefused(TestSink sink, Reason reason) {
        assertThat(sink.failure()).hasValueSatisfying(failure -> {
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(failure.metadata()).containsKey("cursor");
        });
    }
}
