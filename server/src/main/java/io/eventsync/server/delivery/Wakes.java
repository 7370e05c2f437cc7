package io.eventsync.server.delivery;

import io.vertx.core.Vertx;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.Consumer;

/** When to look again at endpoints that have nothing to do before: each once, at the earliest time that was asked for. */
final class Wakes {
    private final Vertx vertx;
    private final SteadyClock clock;
    private final Consumer<Assignment> awake;
    private final TreeSet<Wake> wakes =
            new TreeSet<>(Comparator.comparingLong(Wake::millis).thenComparingLong(Wake::number));
    private long number;
    private long timer = -1;
    private long timerMillis = Long.MAX_VALUE;

    Wakes(Vertx vertx, SteadyClock clock, Consumer<Assignment> awake) {
        this.vertx = vertx;
        this.clock = clock;
        this.awake = awake;
    }

    record Wake(long millis, long number, Assignment assignment) {}

    /** @param millis later than now */
    void plan(Assignment assignment, long millis, long now) {
        Wake planned = assignment.wake;
        if (planned != null && planned.millis() <= millis) {
            return;
        }
        forget(assignment);
        Wake wake = new Wake(millis, ++number, assignment);
        assignment.wake = wake;
        wakes.add(wake);
        startTimer(now);
    }

    void forget(Assignment assignment) {
        if (assignment.wake != null) {
            wakes.remove(assignment.wake);
            assignment.wake = null;
        }
    }

    int size() {
        return wakes.size();
    }

    private void startTimer(long now) {
        if (wakes.isEmpty() || wakes.first().millis() >= timerMillis) {
            return;
        }
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
        timerMillis = wakes.first().millis();
        timer = vertx.setTimer(Math.max(1, timerMillis - now), t -> {
            timer = -1;
            timerMillis = Long.MAX_VALUE;
            long then = clock.millis();
            while (!wakes.isEmpty() && wakes.first().millis() <= then) {
                Assignment due = wakes.first().assignment();
                forget(due);
                awake.accept(due);
            }
            startTimer(then);
        });
    }
}
