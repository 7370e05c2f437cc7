package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IndexPaceTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1); // it may go over
    private final IndexPace pace = new IndexPace(nanos::get);

    @Test
    void takesAQuarterOfTheTimeSinceTheBlockBefore() {
        elapse(Duration.ofMillis(1_960));

        assertThat(pace.pauseMillis(Blocks.SIZE)).isEqualTo(10);
    }

    @Test
    void countsFromTheBlockBefore() {
        elapse(Duration.ofSeconds(3));
        pace.indexedThrough(Blocks.SIZE);
        elapse(Duration.ofMillis(980));
        pace.indexedThrough(Blocks.SIZE);

        assertThat(pace.pauseMillis(Blocks.SIZE)).isEqualTo(5);
    }

    @Test
    void restsNoLongerThanASecondInAll() {
        elapse(Duration.ofDays(3));

        assertThat(pace.pauseMillis(2L * Blocks.SIZE - 1)).isEqualTo(1_000 / 49.0);
    }

    @Test
    void hurriesWhenTwoBlocksWait() {
        elapse(Duration.ofSeconds(4));

        assertThat(pace.pauseMillis(2L * Blocks.SIZE)).isZero();
    }

    private void elapse(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
