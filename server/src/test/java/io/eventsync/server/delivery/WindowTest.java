package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.LogPoint;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static LogPoint at(long position) {
        return new LogPoint(position, (int) position);
    }

    @Test
    void mark_waitsForTheOldest_andThenPassesWhatIsSettled() {
        Window window = new Window(at(10), null, Set.of());
        assertThat(window.take(at(12))).isTrue();
        assertThat(window.take(at(15))).isTrue();
        window.readThrough(at(20));

        window.settle(15);

        assertThat(window.low()).isEqualTo(at(10));
        assertThat(window.ahead()).containsExactly(15);
        assertThat(window.oldestOpen()).isEqualTo(12);
        assertThat(window.settledAhead()).isEqualTo(1);
        window.settle(12);
        assertThat(window.low()).isEqualTo(at(20));
        assertThat(window.previousOfLow()).isEqualTo(at(15));
        assertThat(window.ahead()).isEmpty();
        assertThat(window.oldestOpen()).isZero();
    }

    @Test
    void settled_isNotDeliveredAgain_afterATakeover() {
        Window window = new Window(at(10), at(9), Set.of(12L, 14L));

        assertThat(window.previous()).isEqualTo(at(9));
        assertThat(window.take(at(11))).isTrue();
        assertThat(window.previous()).isEqualTo(at(11));
        assertThat(window.take(at(12))).isFalse();
        assertThat(window.previous()).isEqualTo(at(12));
        assertThat(window.ahead()).containsExactly(12, 14);
        window.settle(11);
        assertThat(window.low()).isEqualTo(at(12));
        assertThat(window.ahead()).containsExactly(14);
    }

    @Test
    void settledEvent_isForgotten_whenTheFilterMatchesItNoLonger() {
        Window window = new Window(at(10), null, Set.of(12L, 14L));

        window.readThrough(at(13));

        assertThat(window.low()).isEqualTo(at(13));
        assertThat(window.ahead()).containsExactly(14);
    }

    @Test
    void reading_neverGoesBack() {
        Window window = new Window(at(10), null, Set.of());
        window.readThrough(at(20));

        window.readThrough(at(15));

        assertThat(window.read()).isEqualTo(at(20));
        assertThat(window.low()).isEqualTo(at(20));
    }

    @Test
    void settlingTwice_orWhatIsNotThere_changesNothing() {
        Window window = new Window(at(0), null, Set.of());
        Object unused = window.take(at(1)) && window.take(at(2));
        window.settle(2);

        window.settle(2);
        window.settle(7);

        assertThat(window.settledAhead()).isEqualTo(1);
        assertThat(window.low()).isEqualTo(at(0));
    }
}
