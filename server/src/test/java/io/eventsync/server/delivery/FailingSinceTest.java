package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailingSinceTest {
    private static final long HOUR = 3_600_000;
    private static final long FIVE_DAYS = 120 * HOUR;

    private static FailingSince failed(int attempts, int events) {
        FailingSince failing = new FailingSince();
        for (int i = 0; i < attempts; i++) {
            failing.failed(i, 1 + i % events);
        }
        return failing;
    }

    @Test
    void endpoint_isDisabled_afterFiveDaysTwentyAttemptsTwoEvents() {
        FailingSince failing = failed(19, 2);
        failing.failed(FIVE_DAYS, 1);

        assertThat(failing.isEnough()).isTrue();
    }

    @Test
    void endpoint_staysEnabled_whenOneOfThemLacks() {
        FailingSince tooSoon = failed(19, 2);
        tooSoon.failed(FIVE_DAYS - 1, 1);
        FailingSince tooFew = failed(18, 2);
        tooFew.failed(FIVE_DAYS, 1);
        FailingSince oneEvent = failed(19, 1);
        oneEvent.failed(FIVE_DAYS, 1);

        assertThat(tooSoon.isEnough()).isFalse();
        assertThat(tooFew.isEnough()).isFalse();
        assertThat(oneEvent.isEnough()).isFalse();
    }

    @Test
    void success_beginsAllAnew() {
        FailingSince failing = failed(30, 2);

        failing.succeeded();
        failing.failed(FIVE_DAYS, 3);

        assertThat(failing.isFailing()).isTrue();
        assertThat(failing.sinceMillis()).isEqualTo(FIVE_DAYS);
        assertThat(failing.attempts()).isEqualTo(1);
        assertThat(failing.isEnough()).isFalse();
    }

    @Test
    void warnings_comeOnceEach() {
        FailingSince failing = failed(19, 2);
        assertThat(failing.newWarning()).isZero();
        failing.failed(60 * HOUR - 1, 1);
        assertThat(failing.newWarning()).isZero();

        failing.failed(60 * HOUR, 1);
        assertThat(failing.newWarning()).isEqualTo(50);
        assertThat(failing.newWarning()).isZero();
        failing.failed(109 * HOUR, 1);
        assertThat(failing.newWarning()).isEqualTo(90);
        assertThat(failing.newWarning()).isZero();
    }

    @Test
    void warning_waitsForTwentyAttempts() {
        FailingSince failing = failed(18, 2);
        failing.failed(100 * HOUR, 1);

        assertThat(failing.newWarning()).isZero();
    }

    @Test
    void record_comesBack() {
        FailingSince before = failed(19, 2);
        FailingSince failing = new FailingSince(
                before.sinceMillis(), before.attempts(), before.position(), before.events(), before.warned());

        failing.failed(FIVE_DAYS, 1);

        assertThat(failing.isEnough()).isTrue();
    }
}
