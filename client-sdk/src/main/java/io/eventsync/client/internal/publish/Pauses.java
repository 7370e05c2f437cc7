package io.eventsync.client.internal.publish;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next try: a random time up to a bound that doubles, after what the server asked for. */
final class Pauses {
    static final Duration FIRST = Duration.ofMillis(50);
    static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int DOUBLINGS_MAX = 20;

    private final RandomGenerator random;
    private int failures;

    Pauses(RandomGenerator random) {
        this.random = random;
    }

    /** Something worked: the next pause is a short one. */
    void reset() {
        failures = 0;
    }

    /** At least 1 ms. */
    long nextMillis(Duration askedFor) {
        long bound = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        return askedFor.toMillis() + 1 + random.nextLong(bound);
    }
}
