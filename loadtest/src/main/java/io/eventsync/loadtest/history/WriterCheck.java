package io.eventsync.loadtest.history;

import java.util.BitSet;
import java.util.function.IntConsumer;

/** Holds what the writers were told against itself and against the final log. */
final class WriterCheck {

    private static final String WHERE = "writers";

    private final Acks acks;
    private final Violations violations;
    private final int[] byId;

    WriterCheck(Acks acks, Violations violations) {
        this.acks = acks;
        this.violations = violations;
        this.byId = RowOrder.by(acks.size(), row -> acks.rows().id(row));
    }

    /** Every acknowledged event stands in the log where the answer said. */
    void durable(Truth log) {
        forEachLost(
                log,
                row -> violations.add(
                        Property.DURABLE,
                        WHERE,
                        acks.rows().position(row),
                        "acknowledged id " + acks.id(row) + " is not in the log there"));
    }

    /** How many do not. */
    int lost(Truth log) {
        int[] count = {0};
        forEachLost(log, row -> count[0]++);
        return count[0];
    }

    private void forEachLost(Truth log, IntConsumer found) {
        int hint = 0;
        for (int row = 0; row < acks.size(); row++) {
            int index = log.indexOf(acks.rows().position(row), hint);
            hint = index + 1;
            if (index < 0 || log.id(index) != acks.rows().id(row)) {
                found.accept(row);
            }
        }
    }

    /** One id has one position, however often it was acknowledged. */
    void uniqueIds() {
        for (int i = 1; i < byId.length; i++) {
            int row = byId[i];
            int before = byId[i - 1];
            boolean isSameId = acks.rows().id(row) == acks.rows().id(before);
            if (isSameId && acks.rows().position(row) != acks.rows().position(before)) {
                violations.add(
                        Property.UNIQUE,
                        WHERE,
                        acks.rows().position(row),
                        "id " + acks.id(row) + " was also acknowledged at "
                                + acks.rows().position(before));
            }
        }
    }

    /** Sweeps by time of sending, with the highest position among the answers that had come by then. */
    void realTimeOrder() {
        BitSet repeats = repeats();
        int[] bySend = RowOrder.by(acks.size(), acks::invokedNanos);
        int[] byReturn = RowOrder.by(acks.size(), acks::returnedNanos);
        int returned = 0;
        int highest = -1;
        for (int row : bySend) {
            while (returned < byReturn.length && acks.returnedNanos(byReturn[returned]) < acks.invokedNanos(row)) {
                int candidate = byReturn[returned++];
                if (highest < 0 || acks.rows().position(candidate) > acks.rows().position(highest)) {
                    highest = candidate;
                }
            }
            if (highest >= 0 && acks.rows().position(highest) > acks.rows().position(row) && !repeats.get(row)) {
                violations.add(
                        Property.REAL_TIME_ORDER,
                        WHERE,
                        acks.rows().position(row),
                        "id " + acks.id(row) + " was sent after id " + acks.id(highest) + " had been acknowledged at "
                                + acks.rows().position(highest));
            }
        }
    }

    /** Rows whose id was sent before: they are answered with the first position, which is no inversion. */
    private BitSet repeats() {
        BitSet repeats = new BitSet();
        int first = 0;
        for (int i = 1; i < byId.length; i++) {
            if (acks.rows().id(byId[i]) != acks.rows().id(byId[first])) {
                first = i;
            } else if (acks.invokedNanos(byId[i]) < acks.invokedNanos(byId[first])) {
                repeats.set(byId[first]);
                first = i;
            } else {
                repeats.set(byId[i]);
            }
        }
        return repeats;
    }
}
