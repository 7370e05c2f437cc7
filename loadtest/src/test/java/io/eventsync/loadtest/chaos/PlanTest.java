package io.eventsync.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final List<FaultKind> KINDS =
            List.of(FaultKind.KILL_SERVER, FaultKind.FREEZE, FaultKind.NET_DROP, FaultKind.POWER_CUT);
    private static final Duration HOLD_MAX = Duration.ofSeconds(3);

    @Test
    void plan_isTheSame_forTheSameSeed() {
        assertThat(faults(7, 40)).isEqualTo(faults(7, 40)).isNotEqualTo(faults(8, 40));
    }

    @Test
    void everyKind_comesOnce_beforeAnyComesAgain() {
        List<Fault> faults = faults(7, 40);

        for (int round = 0; round < 40; round += KINDS.size()) {
            assertThat(faults.subList(round, round + KINDS.size()))
                    .extracting(Fault::kind)
                    .containsExactlyInAnyOrderElementsOf(KINDS);
        }
        assertThat(faults).extracting(Fault::node).containsOnly(0, 1, 2);
        assertThat(faults).extracting(Fault::coin).containsOnly(true, false);
        assertThat(faults)
                .allSatisfy(fault -> assertThat(fault.hold()).isBetween(Duration.ofMillis(300), HOLD_MAX))
                .allSatisfy(
                        fault -> assertThat(fault.pause()).isBetween(Duration.ofMillis(300), Duration.ofMillis(2_500)));
    }

    @Test
    void plan_isRefused_whenThereIsNothingToBreak() {
        assertThatThrownBy(() -> new Plan(1, List.of(), 1, HOLD_MAX)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Plan(1, KINDS, 0, HOLD_MAX)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Plan(1, KINDS, 1, Duration.ofMillis(100)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Fault> faults(long seed, int count) {
        Plan plan = new Plan(seed, KINDS, 3, HOLD_MAX);
        return IntStream.range(0, count).mapToObj(i -> plan.next()).toList();
    }
}
