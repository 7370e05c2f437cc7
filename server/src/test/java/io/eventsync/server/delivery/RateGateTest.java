package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.endpoint.EndpointSettings.RateLimit;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RateGateTest {
    private static RateGate gate(double perSecond, int burst) {
        return new RateGate(Optional.of(new RateLimit(perSecond, burst)), 1_000);
    }

    @Test
    void gate_isOpen_withoutALimit() {
        RateGate gate = new RateGate(Optional.empty(), 0);
        gate.take(0);

        assertThat(gate.waitMillis(0)).isZero();
    }

    @Test
    void burst_goesAtOnce_andThenOneByOne() {
        RateGate gate = gate(4, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(gate.waitMillis(1_000)).isZero();
            gate.take(1_000);
        }

        assertThat(gate.waitMillis(1_000)).isEqualTo(250);
        assertThat(gate.waitMillis(1_249)).isEqualTo(1);
        assertThat(gate.waitMillis(1_250)).isZero();
        gate.take(1_250);
        assertThat(gate.waitMillis(1_250)).isEqualTo(250);
    }

    @Test
    void quietTime_savesUpNoMoreThanTheBurst() {
        RateGate gate = gate(1, 2);
        gate.take(1_000);

        for (int i = 0; i < 2; i++) {
            assertThat(gate.waitMillis(9_000_000)).isZero();
            gate.take(9_000_000);
        }

        assertThat(gate.waitMillis(9_000_000)).isEqualTo(1_000);
    }

    @Test
    void limits_ofTheContract_work() {
        RateGate slow = gate(0.001, 1);
        slow.take(1_000);
        assertThat(slow.waitMillis(1_000)).isEqualTo(1_000_000);

        RateGate quick = gate(10_000, 10_000);
        int taken = 0;
        for (long now = 1_000; now < 2_000; now++) {
            while (quick.waitMillis(now) == 0) {
                quick.take(now);
                taken++;
            }
        }
        assertThat(taken).isBetween(19_980, 20_000);
    }
}
