package io.eventsync.loadtest.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ShareTest {

    private static final int IDS = 100_000;

    @Test
    void share_isAsLargeAsAskedFor() {
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(hits(5, 1, attempt)).isCloseTo(0.05, within(0.003));
        }
    }

    @Test
    void share_isAnotherOne_onTheNextAttemptAndWithAnotherSeed() {
        int both = 0;
        int bothSeeds = 0;
        for (int i = 0; i < IDS; i++) {
            both += Share.isHit(50, 1, "evt-" + i, 1) && Share.isHit(50, 1, "evt-" + i, 2) ? 1 : 0;
            bothSeeds += Share.isHit(50, 1, "evt-" + i, 1) && Share.isHit(50, 2, "evt-" + i, 1) ? 1 : 0;
        }

        assertThat((double) both / IDS).isCloseTo(0.25, within(0.01));
        assertThat((double) bothSeeds / IDS).isCloseTo(0.25, within(0.01));
    }

    @Test
    void share_isNothingOrAll_atItsEnds() {
        assertThat(hits(0, 1, 1)).isZero();
        assertThat(hits(100, 1, 1)).isEqualTo(1);
    }

    private static double hits(double percent, long seed, int attempt) {
        int hits = 0;
        for (int i = 0; i < IDS; i++) {
            hits += Share.isHit(percent, seed, "evt-" + i, attempt) ? 1 : 0;
        }
        return (double) hits / IDS;
    }
}
