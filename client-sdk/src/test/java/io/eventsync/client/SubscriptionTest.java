package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Code;
import io.eventsync.client.internal.CanIgnoreReturnValue;
import io.eventsync.client.internal.TestFrames;
import io.eventsync.client.internal.TestLoop;
import io.eventsync.v1.Gap;
import io.eventsync.v1.SubscribeResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
    private final TestLoop loop = new TestLoop();
    private final TestLog log = new TestLog();
    private final Random random = new Random(3);
    private final List<Long> seen = new ArrayList<>();

    @CanIgnoreReturnValue
    private Subscription subscription(ReadOptions options) {
        return new Subscription(loop, log, options.heartbeat(Duration.ofSeconds(1)), Duration.ofSeconds(9), random);
    }

    @CanIgnoreReturnValue
    private Subscription reading(ReadOptions options) {
        return subscription(options).handler(event -> seen.add(event.getPosition()));
    }

    private void send(int frames) {
        for (int i = 0; i < frames; i++) {
            log.current().ifPresent(stream -> stream.send(random));
        }
        loop.settle();
    }

    private void append(int events) {
        for (int i = 0; i < events; i++) {
            log.append(true);
        }
    }

    @Test
    void nothingIsOpened_beforeThereIsAReader() {
        subscription(ReadOptions.all());
        loop.pass(60_000);

        assertThat(log.streams).isEmpty();
    }

    @Test
    void secondReader_isRefused() {
        Subscription subscription = reading(ReadOptions.all());

        assertThatThrownBy(() -> subscription.process(event -> Future.succeededFuture()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noMoreThanFourFramesAreWanted_whenTheReaderStandsStill() {
        append(1_000);
        Subscription subscription = reading(ReadOptions.all()).pause();
        send(100);
        for (int i = 0; i < 20; i++) {
            log.current().orElseThrow().end(TestLog.failure(Code.UNAVAILABLE, ""));
            while (log.current().isEmpty()) {
                loop.pass(10);
            }
            send(100);
        }

        assertThat(seen.size()).isLessThan(60);
        int before = seen.size();
        subscription.resume();
        send(2_000);
        assertThat(before).isLessThanOrEqualTo(28);
        assertThat(seen).hasSize(1_000).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void close_isDone_thoughTheStreamFailedForGoodWithSomethingLeftToRead() {
        append(1_000);
        Subscription subscription = reading(ReadOptions.all()).pause();
        send(20);
        log.current().orElseThrow().end(TestLog.failure(Code.PERMISSION_DENIED, ""));
        loop.settle();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.FAILED);
        assertThat(subscription.done().isComplete()).isFalse();

        Future<Void> closed = subscription.close();
        loop.settle();

        assertThat(closed.succeeded()).isTrue();
        assertThat(subscription.done().cause()).hasMessageContaining("PERMISSION_DENIED");
    }

    @Test
    void workThatFails_afterTheStreamHas_endsTheSubscription() {
        append(1_000);
        Promise<Void> work = Promise.promise();
        Subscription subscription = subscription(ReadOptions.all()).process(event -> work.future());
        send(20);
        log.current().orElseThrow().end(TestLog.failure(Code.PERMISSION_DENIED, ""));
        loop.settle();
        assertThat(subscription.done().isComplete()).isFalse();

        work.fail("broken");
        loop.settle();

        assertThat(subscription.done().cause()).hasMessageContaining("PERMISSION_DENIED");
    }

    @Test
    void watchdog_opensAnotherStream_afterThreeSilentHeartbeats() {
        reading(ReadOptions.all());
        append(1);
        send(3);

        loop.pass(2_999);
        assertThat(log.streams).hasSize(1);
        loop.pass(2);
        loop.pass(200);
        assertThat(log.streams).hasSize(2);
        assertThat(log.streams.get(0).isOver).isTrue();
    }

    @Test
    void watchdog_isStill_whileTheReaderIs() {
        Subscription subscription = reading(ReadOptions.all()).pause();
        append(1_000);
        send(100);

        loop.pass(60_000);
        assertThat(log.streams).hasSize(1);
        subscription.resume();
        loop.pass(2_900);
        assertThat(log.streams).hasSize(1);
        loop.pass(4_000);
        assertThat(log.streams.size()).isGreaterThan(1);
    }

    @Test
    void cursorError_endsIt_andIsNotTriedAgain() {
        Subscription subscription = reading(ReadOptions.all());
        log.current().orElseThrow().end(TestLog.failure(Code.OUT_OF_RANGE, "CURSOR_EXPIRED"));
        loop.pass(60_000);

        assertThat(subscription.done().cause()).isInstanceOf(CursorException.class);
        assertThat(subscription.state()).isEqualTo(SubscriptionState.FAILED);
        assertThat(log.streams).hasSize(1);
    }

    @Test
    void outdatedToken_isRenewedOnce() {
        Subscription subscription = reading(ReadOptions.all());
        send(1);
        log.current().orElseThrow().end(TestLog.failure(Code.UNAUTHENTICATED, "UNAUTHENTICATED"));
        loop.pass(1_000);
        assertThat(log.streams).hasSize(2);

        log.current().orElseThrow().end(TestLog.failure(Code.UNAUTHENTICATED, "UNAUTHENTICATED"));
        assertThat(subscription.state()).isEqualTo(SubscriptionState.FAILED);
    }

    @Test
    void draining_waitsAsLongAsTheServerAsks() {
        reading(ReadOptions.all());
        send(1);
        log.current()
                .orElseThrow()
                .frame(SubscribeResponse.newBuilder()
                        .setCursor("c0")
                        .setDraining(SubscribeResponse.Draining.newBuilder()
                                .setRetryAfter(com.google.protobuf.Duration.newBuilder()
                                        .setSeconds(5)))
                        .build());

        loop.pass(4_999);
        assertThat(log.streams).hasSize(1);
        loop.pass(200);
        assertThat(log.streams).hasSize(2);
        assertThat(log.streams.get(1).request.getStart().getCursor()).isEqualTo("c0");
    }

    @Test
    void gapAndCaughtUp_areToldBetweenTheirEvents() {
        List<String> told = new ArrayList<>();
        Subscription subscription = subscription(ReadOptions.all())
                .onGap(gap -> told.add("gap of " + gap.getMissedEvents()))
                .onCaughtUp(() -> told.add("level"))
                .pause()
                .handler(event -> told.add("event " + event.getPosition()));
        TestLog.Open stream = log.current().orElseThrow();
        stream.frame(TestFrames.started("c0"));
        stream.frame(TestFrames.batch("c1", 1));
        stream.frame(SubscribeResponse.newBuilder()
                .setCursor("c5")
                .setGap(Gap.newBuilder().setMissedEvents(4))
                .build());
        stream.frame(TestFrames.batch("c6", 6));
        stream.frame(TestFrames.live("c6", 6));
        assertThat(told).isEmpty();

        subscription.resume();

        assertThat(told).containsExactly("event 1", "gap of 4", "event 6", "level");
    }

    @Test
    void throwingHandler_endsIt_andKeepsTheEventUnprocessed() {
        Subscription subscription = subscription(ReadOptions.all().ackOnDelivery())
                .handler(event -> {
                    if (event.getPosition() == 2) {
                        throw new IllegalStateException("no");
                    }
                });
        append(5);
        send(10);

        assertThat(subscription.done().cause()).hasMessage("no");
        assertThat(subscription.cursor()).endsWith("~1");
    }

    @Test
    void firstCursorIsSavedBeforeTheFirstEvent() {
        CursorStore store = CursorStore.memory();
        reading(ReadOptions.all().fromNow().keepCursor(store, "r"));
        log.current().orElseThrow().frame(TestFrames.started("c41"));

        assertThat(store.load("r")).contains("c41");
    }

    @Test
    void loadedCursor_isNotSaved() {
        CursorStore store = CursorStore.memory();
        store.save("r", "c3~4");
        reading(ReadOptions.all().loadCursor(store, "r").ackOnDelivery());
        append(6);
        send(20);
        loop.pass(2_000);

        assertThat(seen).containsExactly(5L, 6L);
        assertThat(store.load("r")).contains("c3~4");
    }

    @Test
    void close_leavesNothingBehind() {
        Subscription subscription = reading(ReadOptions.all());
        send(2);
        subscription.close().onComplete(done -> {});
        loop.settle();

        assertThat(subscription.done().succeeded()).isTrue();
        assertThat(loop.timers()).isZero();
        assertThat(log.current()).isEmpty();
    }
}
