package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TailRingTest {
    /** Of the largest here: a later position is longer on the wire. */
    private static final int EVENT_BYTES = event(200).bytes();

    @Test
    void ring_keepsTheNewest_whenFullByNumber() {
        TailRing ring = new TailRing(8, Long.MAX_VALUE);

        for (long position = 1; position <= 100; position++) {
            ring.add(event(position));
            assertKept(ring, Math.max(1, position - 7), position);
        }
    }

    @Test
    void size_isRoundedDownToAPowerOfTwo() {
        TailRing ring = new TailRing(13, Long.MAX_VALUE);

        for (long position = 1; position <= 20; position++) {
            ring.add(event(position));
        }

        assertKept(ring, 13, 20);
    }

    @Test
    void ring_keepsTheNewest_whenFullByBytes() {
        TailRing ring = new TailRing(64, 3L * EVENT_BYTES);

        for (long position = 1; position <= 200; position++) {
            ring.add(event(position));
            assertKept(ring, Math.max(1, position - 2), position);
        }
    }

    @Test
    void newestEvent_isKept_howeverLargeItIs() {
        TailRing ring = new TailRing(8, 1);

        ring.add(event(1));
        ring.add(event(2));

        assertKept(ring, 2, 2);
    }

    @Test
    void gap_clears_andTheRingGoesOnBehindIt() {
        TailRing ring = new TailRing(8, Long.MAX_VALUE);
        for (long position = 1; position <= 5; position++) {
            ring.add(event(position));
        }

        ring.add(event(50));
        assertKept(ring, 50, 50);
        ring.add(event(51));
        assertKept(ring, 50, 51);
        ring.add(event(3));
        assertKept(ring, 3, 3);
    }

    @Test
    void bytes_areCountedAnew_afterClear() {
        TailRing ring = new TailRing(64, 3L * EVENT_BYTES);
        for (long position = 1; position <= 10; position++) {
            ring.add(event(position));
        }

        ring.clear();
        assertKept(ring, 1, 0);
        for (long position = 1; position <= 3; position++) {
            ring.add(event(position));
        }

        assertKept(ring, 1, 3);
    }

    @Test
    void reader_seesTheRightEventOrNone_whileTheRingIsWritten() throws Exception {
        TailRing ring = new TailRing(64, 40L * EVENT_BYTES);
        long last = 300_000;
        AtomicLong written = new AtomicLong();
        CompletableFuture<Long> reader = CompletableFuture.supplyAsync(() -> {
            long seen = 0;
            while (written.get() < last) {
                long position =
                        Math.max(1, written.get() - ThreadLocalRandom.current().nextInt(-3, 70));
                LogEvent event = ring.get(position);
                if (event != null) {
                    assertThat(event.position()).isEqualTo(position);
                    assertThat(event.id()).isEqualTo("id-" + position);
                    seen++;
                }
            }
            return seen;
        });

        for (long position = 1; position <= last; position++) {
            ring.add(event(position));
            written.set(position);
        }

        assertThat(reader.get(30, TimeUnit.SECONDS)).isNotNegative();
    }

    private static void assertKept(TailRing ring, long from, long to) {
        for (long position = Math.max(1, from - 70); position < to + 70; position++) {
            LogEvent event = ring.get(position);
            boolean isKept = position >= from && position <= to;
            assertThat(event == null ? 0 : event.position())
                    .as("position %d", position)
                    .isEqualTo(isKept ? position : 0);
        }
    }

    private static LogEvent event(long position) {
        return new LogEvent(
                position,
                0,
                1,
                "A",
                "id-" + position,
                new byte[100 - Long.toString(position).length()]);
    }
}
