package io.eventsync.client.internal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The pause before the next try: at random between nothing and a bound that doubles with each failure, so that many clients that were lost at
 * once do not come back at once.
 */
public record FullJitter(Duration first, Duration longest) {
    private static final int DOUBLINGS_MAX = 30;

    /**
     * @param failures in a row, at least 1
     * @param atLeast what the server asked for; the random part comes on top of it
     */
    public long delayMillis(int failures, Duration atLeast, RandomGenerator random) {
        long bound = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures - 1, DOUBLINGS_MAX));
        return atLeast.toMillis() + random.nextLong(bound + 1);
    }
}
