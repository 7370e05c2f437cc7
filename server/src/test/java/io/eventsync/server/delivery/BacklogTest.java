package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static List<Long> take(Backlog backlog, long now, int max) {
        return backlog.takeDue(now, max, Integer.MAX_VALUE).stream()
                .map(Delivery::position)
                .toList();
    }

    private static Backlog backlog(Ordering ordering, Delivery... deliveries) {
        Backlog backlog = new Backlog(ordering);
        for (Delivery delivery : deliveries) {
            backlog.add(delivery, 0);
        }
        return backlog;
    }

    private static Delivery behind(long position, String key) {
        Delivery delivery = TestRun.row(position, key, false, 0, 0);
        delivery.state(Delivery.State.BEHIND);
        return delivery;
    }

    @Test
    void parallel_goesByDueTime_andABatchByPosition() {
        Backlog backlog = backlog(
                Ordering.PARALLEL,
                TestRun.row(1, "k", false, 1, 300),
                TestRun.row(2, "k", false, 1, 100),
                TestRun.row(3, "", false, 1, 200));

        assertThat(backlog.nextDueMillis()).isEqualTo(100);
        assertThat(take(backlog, 99, 9)).isEmpty();
        assertThat(take(backlog, 100, 9)).containsExactly(2L);
        assertThat(take(backlog, 300, 9)).containsExactly(1L, 3L);
        assertThat(backlog.nextDueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void batch_holdsWhatFits_andALargerOneGoesAlone() {
        Backlog backlog = backlog(
                Ordering.PARALLEL,
                TestRun.row(1, "", false, 1, 0),
                TestRun.row(2, "", false, 1, 0),
                TestRun.row(3, "", false, 1, 0));

        assertThat(backlog.takeDue(0, 9, 20)).hasSize(2);
        assertThat(backlog.takeDue(0, 9, 1)).hasSize(1);
    }

    @Test
    void ordered_hasOnlyItsFirstDue_whateverTheOthersSay() {
        Delivery first = TestRun.row(1, "", false, 1, 500);
        Backlog backlog = backlog(Ordering.ORDERED, TestRun.row(2, "", false, 1, 0), first);

        assertThat(backlog.nextDueMillis()).isEqualTo(500);
        assertThat(take(backlog, 499, 9)).isEmpty();
        assertThat(take(backlog, 500, 1)).containsExactly(1L);
        assertThat(take(backlog, 500, 1)).isEmpty();
        backlog.remove(first, 600);
        assertThat(take(backlog, 600, 1)).containsExactly(2L);
    }

    @Test
    void ordered_takesThoseRightBehind_untilOneIsNotDue() {
        Backlog backlog = backlog(
                Ordering.ORDERED,
                TestRun.row(1, "", false, 1, 0),
                TestRun.row(2, "", false, 1, 0),
                TestRun.row(3, "", false, 1, 900),
                TestRun.row(4, "", false, 1, 0));

        assertThat(take(backlog, 0, 9)).containsExactly(1L, 2L);
    }

    @Test
    void behind_isDueAtOnce_whenTheOneBeforeIsGone() {
        Delivery first = TestRun.row(1, "a", false, 1, 500);
        Backlog backlog = backlog(Ordering.ORDERED_BY_KEY, behind(2, "a"), first, TestRun.row(3, "b", false, 1, 700));

        assertThat(backlog.nextDueMillis()).isEqualTo(500);
        backlog.remove(first, 400);
        assertThat(backlog.nextDueMillis()).isLessThanOrEqualTo(400);
        assertThat(take(backlog, 700, 9)).containsExactly(2L, 3L);
    }

    @Test
    void asked_waitsForNobody_andHoldsNobodyUp() {
        Backlog backlog = backlog(Ordering.ORDERED, TestRun.row(1, "", false, 1, 500), TestRun.row(2, "", true, 0, 0));

        assertThat(take(backlog, 0, 1)).containsExactly(2L);
        assertThat(backlog(Ordering.ORDERED, TestRun.row(2, "", true, 0, 0)).holdsUp(behind(3, "")))
                .isFalse();
    }

    @Test
    void holdsUp_whatHasToKeepItsOrder() {
        Delivery waiting = TestRun.row(1, "a", false, 1, 500);

        assertThat(backlog(Ordering.PARALLEL, waiting).holdsUp(behind(2, "a"))).isFalse();
        assertThat(backlog(Ordering.ORDERED, waiting).holdsUp(behind(2, "b"))).isTrue();
        assertThat(backlog(Ordering.ORDERED_BY_KEY, waiting).holdsUp(behind(2, "a")))
                .isTrue();
        assertThat(backlog(Ordering.ORDERED_BY_KEY, waiting).holdsUp(behind(2, "b")))
                .isFalse();
        assertThat(backlog(Ordering.ORDERED_BY_KEY, TestRun.row(1, "", false, 1, 0))
                        .holdsUp(behind(2, "")))
                .isFalse();
    }

    @Test
    void rescheduled_isDueAtItsNewTimeOnly() {
        Delivery delivery = TestRun.row(1, "", false, 1, 500);
        Backlog backlog = backlog(Ordering.PARALLEL, delivery);

        backlog.reschedule(delivery, 100, 0);

        assertThat(take(backlog, 100, 9)).containsExactly(1L);
        assertThat(take(backlog, 9_000, 9)).isEmpty();
    }

    @Test
    void blocking_isNeverDue_andHoldsItsGroupUp() {
        Delivery blocking = TestRun.row(1, "", false, 1, 0);
        blocking.state(Delivery.State.BLOCKING);
        Backlog backlog = backlog(Ordering.ORDERED, blocking, TestRun.row(2, "", false, 0, 0));

        assertThat(take(backlog, 9_000, 9)).isEmpty();
    }
}
