package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IndexPaceTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1); // it may go over
    private final IndexPace pace = new IndexPace(nanos::get);

    @Test
    void takesAQuarterOfTheTimeThatABlockTookToFill() {
        elapse(Duration.ofSeconds(4));

        assertThat(pace.pauseMillis(Blocks.SIZE)).isEqualTo(20);
    }

    @Test
    void countsFromTheBlockBefore() {
        elapse(Duration.ofSeconds(4));
        pace.indexedThrough(Blocks.SIZE);
        elapse(Duration.ofSeconds(1));
        pace.indexedThrough(Blocks.SIZE);

        assertThat(pace.pauseMillis(Blocks.SIZE)).isEqualTo(5);
    }

    @Test
    void restsNoLongerThanSomeSecondsInAll() {
        elapse(Duration.ofDays(3));

        assertThat(pace.pauseMillis(2L * Blocks.SIZE - 1)).isEqualTo(60);
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
