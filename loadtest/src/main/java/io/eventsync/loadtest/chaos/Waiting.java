package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.Edge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits of the run's own thread. */
final class Waiting {

    private static final long STEP_MILLIS = 5;

    private Waiting() {}

    static void rest(long millis) {
        Future<Void> never = Promise.<Void>promise().future();
        Edge.awaitOrElapse(never, Duration.ofMillis(millis));
    }

    /** False if the time was up first. */
    static boolean until(BooleanSupplier isReached, Duration max) {
        long end = System.nanoTime() + max.toNanos();
        while (!isReached.getAsBoolean()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            rest(STEP_MILLIS);
        }
        return true;
    }
}
