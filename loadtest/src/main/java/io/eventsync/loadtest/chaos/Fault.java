package io.eventsync.loadtest.chaos;

import java.time.Duration;

/**
 * One fault of a plan.
 *
 * @param number counted from 1
 * @param node which server, counted from 0
 * @param pause before it, from when everything worked again
 * @param hold how long it lasts, if it lasts
 * @param coin for a fault that has two ways
 */
record Fault(int number, FaultKind kind, int node, Duration pause, Duration hold, boolean coin) {

    String describe() {
        return number + " " + kind.label() + " node=" + (node + 1) + " pauseMillis=" + pause.toMillis() + " holdMillis="
                + hold.toMillis() + " coin=" + coin;
    }
}
