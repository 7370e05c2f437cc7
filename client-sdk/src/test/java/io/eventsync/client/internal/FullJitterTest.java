package io.eventsync.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FullJitterTest {
    private final FullJitter backoff = new FullJitter(Duration.ofMillis(100), Duration.ofSeconds(10));
    private final Random random = new Random(7);

    @Test
    void delay_isAnywhereBelowABoundThatDoubles() {
        for (int failures = 1; failures < 100; failures++) {
            long bound = Math.min(10_000, 100L << Math.min(failures - 1, 20));
            int now = failures;
            long[] delays = LongStream.generate(() -> backoff.delayMillis(now, Duration.ZERO, random))
                    .limit(500)
                    .toArray();

            assertThat(LongStream.of(delays).max().getAsLong()).isBetween(bound * 9 / 10, bound);
            assertThat(LongStream.of(delays).min().getAsLong()).isBetween(0L, bound / 10);
        }
    }

    @Test
    void delay_isNeverShorterThanTheServerAsked() {
        assertThat(LongStream.generate(() -> backoff.delayMillis(1, Duration.ofSeconds(3), random))
                        .limit(500))
                .allMatch(delay -> delay >= 3_000 && delay <= 3_100);
    }
}
