package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
    private static final long DAY_MILLIS = 86_400_000;

    @ParameterizedTest
    @CsvSource({"0,0", "1,1000", "' 120 ',120000", "86400,86400000"})
    void seconds_areMillis(String text, long millis) {
        assertThat(RetryAfter.millis(text, NOW)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999999999", "99999999999", "9223372036854775808", "999999999999999999999999999999"})
    void seconds_areLong_howeverManyTheyAre(String text) {
        assertThat(RetryAfter.millis(text, NOW)).isGreaterThan(DAY_MILLIS);
    }

    @Test
    void date_isFromNow() {
        assertThat(RetryAfter.millis("Sat, 21 Nov 2026 08:00:30 GMT", NOW)).isEqualTo(30_000);
        assertThat(RetryAfter.millis("Sat, 21 Nov 2026 07:00:00 GMT", NOW)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-5", "+5", "1.5", "soon", "Sat, 31 Nov 2026 08:00:30 GMT", "5 s"})
    void otherWords_sayNothing(String text) {
        assertThat(RetryAfter.millis(text, NOW)).isZero();
    }

    @Test
    void absence_saysNothing() {
        assertThat(RetryAfter.millis(null, NOW)).isZero();
    }
}
