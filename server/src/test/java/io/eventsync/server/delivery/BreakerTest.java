package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static final AttemptResult OK = AttemptResult.success(200, 1);
    private static final AttemptResult DOWN = AttemptResult.failure(AttemptError.STATUS, "", 500, 1);

    private static Breaker open(int cap) {
        Breaker breaker = new Breaker(cap);
        for (int i = 0; i < 10; i++) {
            breaker.failed(0);
        }
        return breaker;
    }

    @Test
    void breaker_opens_afterTenFailuresInARow() {
        Breaker breaker = new Breaker(8);
        for (int i = 0; i < 9; i++) {
            breaker.failed(1_000L * i);
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);

        breaker.failed(9_000);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.failuresInRow()).isEqualTo(10);
        assertThat(breaker.limit(38_999)).isZero();
        assertThat(breaker.limit(39_000)).isEqualTo(1);
    }

    @Test
    void breaker_opens_whenHalfOfTwentyFailed() {
        Breaker breaker = new Breaker(8);
        for (int i = 0; i < 9; i++) {
            breaker.succeeded(i);
            breaker.failed(i);
        }
        breaker.succeeded(100);
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);

        breaker.failed(200);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void breaker_countsOnlyTheLastMinute() {
        Breaker breaker = new Breaker(8);
        for (int i = 0; i < 9; i++) {
            breaker.succeeded(500);
            breaker.failed(500);
        }
        breaker.succeeded(60_000);

        breaker.failed(60_000);

        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void probes_comeAfterThirtySeconds_thenTwiceAsLate_upToTenMinutes() {
        Breaker breaker = open(8);
        long now = 0;
        for (long wait : new long[] {30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000}) {
            assertThat(breaker.probeAtMillis()).isEqualTo(now + wait);
            now += wait;
            breaker.started();
            assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
            assertThat(breaker.limit(now)).isEqualTo(1);
            breaker.failed(now);
        }
    }

    @Test
    void probe_thatSaysNothing_isRepeatedAfterTheSameTime() {
        Breaker breaker = open(8);
        breaker.started();

        breaker.saidNothing(30_000);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.probeAtMillis()).isEqualTo(60_000);
    }

    @Test
    void inFlight_growsOneTwoFour_afterAProbeSucceeded() {
        Breaker breaker = open(6);
        breaker.started();
        breaker.succeeded(30_000);

        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
        for (int limit : new int[] {1, 2, 2, 4, 4, 4, 4, 6, 6}) {
            assertThat(breaker.limit(30_000)).isEqualTo(limit);
            breaker.succeeded(30_000);
        }
    }

    @Test
    void lateSuccess_ofBeforeItOpened_doesNotCloseIt() {
        Breaker breaker = open(8);

        breaker.succeeded(1_000);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.failuresInRow()).isZero();
    }

    @Test
    void probeThatWasOut_isDueAgain_afterATakeover() {
        Breaker breaker = new Breaker(8, Breaker.State.HALF_OPEN, 12, 60_000, Long.MIN_VALUE, 1);

        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.limit(0)).isEqualTo(1);
        breaker.started();
        breaker.failed(0);
        assertThat(breaker.probeAtMillis()).isEqualTo(120_000);
    }

    @Test
    void breaker_agreesWithOneThatRemembersEverything() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int cap = 1 + random.nextInt(9);
            Breaker breaker = new Breaker(cap);
            ReferenceBreaker reference = new ReferenceBreaker(cap);
            int badness = random.nextInt(101);
            long now = 1_000_000;
            for (int i = 0; i < 300; i++) {
                now += random.nextInt(5) == 0 ? random.nextInt(700_000) : random.nextInt(3_000);
                if (reference.limit(now) > 0) {
                    breaker.started();
                    reference.started();
                }
                boolean isBad = random.nextInt(100) < badness;
                if (isBad) {
                    breaker.failed(now);
                } else {
                    breaker.succeeded(now);
                }
                reference.ended(isBad ? DOWN : OK, now);
                assertThat(breaker.state()).as("seed " + seed).isEqualTo(reference.state());
                assertThat(breaker.limit(now)).as("seed " + seed).isEqualTo(reference.limit(now));
            }
        }
    }
}
