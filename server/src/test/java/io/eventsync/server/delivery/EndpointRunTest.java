package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.WebhookDestination;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Single situations; whole histories are in EndpointRunModelTest. */
class EndpointRunTest {
    private static final AttemptResult OK = AttemptResult.success(200, 1_000);
    private static final AttemptResult DOWN = AttemptResult.failure(AttemptError.STATUS, "500", 500, 1_000);

    private final TestRun test = new TestRun();

    @Test
    void retry_keepsItsDueTime_whenRowsReadBeforeItFailedArriveAfter() {
        EndpointRun run = test.start();
        test.offer(1, "");
        test.send(0, DOWN);
        Attempt second = test.begin(5_000);
        run.beginSync();
        List<Delivery> rows = List.of(TestRun.row(1, "", false, 1, 5_000));
        run.ended(second, DOWN, 5_100);

        run.sync(rows, 9, 5_200);

        assertThat(run.next(5_200)).isNull();
        assertThat(run.wakeMillis(5_200)).isEqualTo(35_100);
    }

    @Test
    void delivered_isNotSentAgain_whenRowsReadBeforeThatArriveAfter() {
        EndpointRun run = test.start();
        test.offer(1, "");
        test.send(0, DOWN);
        Attempt second = test.begin(5_000);
        run.beginSync();
        run.ended(second, OK, 5_100);

        run.sync(List.of(TestRun.row(1, "", false, 1, 5_000)), 9, 5_200);

        assertThat(run.next(5_200)).isNull();
        assertThat(run.backlog().size()).isZero();
    }

    @Test
    void secondOfABatch_isDueOnce_whenTheFirstOfItsGroupWasTaken() {
        test.ordering = Ordering.ORDERED;
        test.batch = batch(2, 0);
        test.waiting = List.of(
                TestRun.row(1, "", false, 1, 0), TestRun.row(2, "", false, 1, 0), TestRun.row(9, "", true, 1, 3_000));
        EndpointRun run = test.start();

        test.send(0, partial(2));

        assertThat(ModelTurn.positions(test.begin(3_000))).containsExactly(9L);
        assertThat(run.backlog().nextDueMillis()).isEqualTo(30_000);
    }

    @Test
    void newEvents_wait_whenAsManyWaitForARetryAsMay() {
        test.waitingMax = 2;
        EndpointRun run = test.start();
        for (int position = 1; position <= 4; position++) {
            test.offer(position, "");
        }

        test.send(0, DOWN);
        test.send(0, DOWN);

        assertThat(run.next(0)).isNull();
        assertThat(run.room()).isZero();
        assertThat(run.wakeMillis(0)).isEqualTo(5_000);
    }

    @Test
    void eventsOfAFailedKey_stayInTheLog_whenAsManyWaitAsMay() {
        test.ordering = Ordering.ORDERED_BY_KEY;
        test.waitingMax = 2;
        EndpointRun run = test.start();
        for (int position = 1; position <= 4; position++) {
            test.offer(position, "k");
        }

        test.send(0, DOWN);

        assertThat(run.next(0)).isNull();
        assertThat(run.backlog().size()).isEqualTo(2);
    }

    @Test
    void ordered_sleepsUntilTheRetryIsDue_whenEventsWaitBehindIt() {
        test.ordering = Ordering.ORDERED;
        EndpointRun run = test.start();
        test.offer(1, "");
        test.offer(2, "");

        test.send(0, DOWN);

        assertThat(run.next(0)).isNull();
        assertThat(run.wakeMillis(0)).isEqualTo(5_000);
    }

    @Test
    void retryOfOneKey_wakesInTime_whileAnotherKeyIsBusy() {
        test.ordering = Ordering.ORDERED_BY_KEY;
        EndpointRun run = test.start();
        test.offer(1, "a");
        test.send(0, DOWN);
        test.offer(2, "b");
        Object unused = test.begin(0);
        test.offer(3, "b");

        assertThat(run.next(100)).isNull();
        assertThat(run.wakeMillis(100)).isEqualTo(5_000);
    }

    @Test
    void restOfABatch_waitsNoLongerThanItsFirstEventMay() {
        test.batch = batch(2, 1_000);
        EndpointRun run = test.start();
        test.offer(1, "", 0);
        test.offer(2, "", 0);
        test.offer(3, "", 100);

        Object unused = test.begin(900);

        assertThat(run.wakeMillis(900)).isEqualTo(1_100);
    }

    @Test
    void probe_isASingleEvent_alsoOfABatch() {
        test.batch = batch(3, 0);
        test.breaker = Breaker.State.OPEN;
        EndpointRun run = test.start();
        test.offer(1, "");
        test.offer(2, "");

        assertThat(ModelTurn.positions(test.begin(0))).containsExactly(1L);
        assertThat(run.next(0)).isNull();
    }

    @Test
    void probe_isASingleEvent_ofThoseThatWait() {
        test.batch = batch(3, 0);
        test.breaker = Breaker.State.OPEN;
        test.waiting = List.of(TestRun.row(1, "", false, 1, 0), TestRun.row(2, "", false, 1, 0));
        Object unused = test.start();

        assertThat(ModelTurn.positions(test.begin(0))).containsExactly(1L);
    }

    @Test
    void busyKey_makesRoomForOthers_beforeTheNextPageIsWanted() {
        test.ordering = Ordering.ORDERED_BY_KEY;
        EndpointRun run = test.start();
        test.offer(1, "a");
        Object unused = test.begin(0);
        for (int position = 2; position <= 40; position++) {
            test.offer(position, "a");
        }

        assertThat(run.next(0)).isNull();
        assertThat(run.wantsPage()).isTrue();
    }

    @Test
    void blockingDelivery_isNotSent_behindTheOneThatIsTriedAgain() {
        test.ordering = Ordering.ORDERED;
        test.batch = batch(3, 0);
        Delivery blocking = TestRun.row(2, "", false, 3, 0);
        blocking.state(Delivery.State.BLOCKING);
        test.waiting = List.of(TestRun.row(1, "", false, 0, 0), blocking);
        Object unused = test.start();

        assertThat(ModelTurn.positions(test.begin(0))).containsExactly(1L);
    }

    private static Optional<WebhookDestination.Batch> batch(int events, long waitMillis) {
        return Optional.of(new WebhookDestination.Batch(events, 1 << 20, Duration.ofMillis(waitMillis)));
    }

    private static AttemptResult partial(long... missing) {
        Set<Long> positions = java.util.Arrays.stream(missing).boxed().collect(java.util.stream.Collectors.toSet());
        return new AttemptResult(
                Optional.of(AttemptError.PARTIAL), "", 200, 1, "", Map.of(), new byte[0], 0, false, positions);
    }
}
