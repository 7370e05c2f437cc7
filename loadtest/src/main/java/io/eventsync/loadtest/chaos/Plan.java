package io.eventsync.loadtest.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Faults one after the other, each kind once before any comes again. The same seed makes the same plan. */
final class Plan {

    private static final int PAUSE_MILLIS_MIN = 300;
    private static final int PAUSE_MILLIS_MAX = 2_500;
    private static final int HOLD_MILLIS_MIN = 300;

    private final SplittableRandom random;
    private final List<FaultKind> kinds;
    private final int nodes;
    private final int holdMillisMax;
    private final List<FaultKind> round = new ArrayList<>();
    private int number;

    Plan(long seed, List<FaultKind> kinds, int nodes, Duration holdMax) {
        if (kinds.isEmpty() || nodes < 1 || holdMax.toMillis() <= HOLD_MILLIS_MIN) {
            throw new IllegalArgumentException("a plan needs kinds of faults, nodes, and faults of 300 ms at least");
        }
        this.random = new SplittableRandom(seed);
        this.kinds = List.copyOf(kinds);
        this.nodes = nodes;
        this.holdMillisMax = (int) holdMax.toMillis();
    }

    Fault next() {
        if (round.isEmpty()) {
            round.addAll(kinds);
        }
        number++;
        FaultKind kind = round.remove(random.nextInt(round.size()));
        return new Fault(
                number,
                kind,
                random.nextInt(nodes),
                Duration.ofMillis(random.nextInt(PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX)),
                Duration.ofMillis(random.nextInt(HOLD_MILLIS_MIN, holdMillisMax)),
                random.nextBoolean());
    }
}
