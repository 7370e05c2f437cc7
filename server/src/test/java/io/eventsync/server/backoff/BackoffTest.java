package io.eventsync.server.backoff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
    private static final Random RANDOM = new Random(1);

    private static List<Long> base(Backoff backoff) {
        return IntStream.range(1, backoff.attemptsMax())
                .mapToObj(backoff::baseMillis)
                .toList();
    }

    @Test
    void standard_isAsTheContractSays() {
        assertThat(base(Backoff.Delays.STANDARD))
                .containsExactly(
                        5_000L,
                        30_000L,
                        120_000L,
                        600_000L,
                        1_800_000L,
                        3_600_000L,
                        7_200_000L,
                        14_400_000L,
                        28_800_000L,
                        43_200_000L,
                        86_400_000L,
                        86_400_000L);
        assertThat(Backoff.Delays.STANDARD.attemptsMax()).isEqualTo(13);
        assertThat(Backoff.Delays.STANDARD.jitter()).isEqualTo(0.2);
    }

    @Test
    void fast_isAsTheContractSays() {
        assertThat(base(Backoff.Delays.FAST)).containsExactly(2_000L, 4_000L, 8_000L, 16_000L, 32_000L);
        assertThat(Backoff.Delays.FAST.delayMillis(1, RANDOM)).hasValue(2_000);
        assertThat(Backoff.Delays.FAST.delayMillis(6, RANDOM)).isEmpty();
    }

    @Test
    void none_isOneAttempt() {
        assertThat(Backoff.Delays.NONE.attemptsMax()).isEqualTo(1);
        assertThat(Backoff.Delays.NONE.delayMillis(1, RANDOM)).isEmpty();
    }

    @Test
    void exponential_growsUpToItsLongestDelay() {
        Backoff backoff = new Backoff.Exponential(100, 2.5, 1_000, 6, 0);

        assertThat(base(backoff)).containsExactly(100L, 250L, 625L, 1_000L, 1_000L);
        assertThat(backoff.delayMillis(6, RANDOM)).isEmpty();
    }

    @Test
    void exponential_staysAtItsLongestDelay_whenItsPowersAreBeyondAllNumbers() {
        assertThat(new Backoff.Exponential(86_400_000, 10, 86_400_000, 100, 0).baseMillis(99))
                .isEqualTo(86_400_000);
        assertThat(new Backoff.Exponential(1, 1, 1, 100, 0).baseMillis(99)).isEqualTo(1);
    }

    @Test
    void delay_isNeverEarly_andLateByAtMostItsRandomPart() {
        Backoff backoff = Backoff.Delays.STANDARD;
        long least = Long.MAX_VALUE;
        long most = 0;

        for (int i = 0; i < 10_000; i++) {
            OptionalLong delay = backoff.delayMillis(2, RANDOM);
            least = Math.min(least, delay.orElseThrow());
            most = Math.max(most, delay.orElseThrow());
        }

        assertThat(least).isBetween(30_000L, 30_100L);
        assertThat(most).isBetween(35_900L, 36_000L);
    }

    @Test
    void textForm_comesBack() {
        for (Backoff backoff : List.of(
                Backoff.Delays.STANDARD,
                Backoff.Delays.FAST,
                Backoff.Delays.NONE,
                new Backoff.Exponential(1, 1.0000001, 86_400_000, 100, 1e-9),
                new Backoff.Exponential(1_000, 2, 3_600_000, 10, 1))) {
            assertThat(Backoff.parse(backoff.toString())).contains(backoff);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "delays",
                "delays=1:x,jitter=0",
                "delays=1:,jitter=0",
                "delays=1.5,jitter=0",
                "delays=5,jitter=.",
                "exponential=1:2:3,jitter=0",
                "exponential=1:2:3:4:5,jitter=0",
                "linear=1,jitter=0",
                "delays=99999999999999999999,jitter=0"
            })
    void text_isNone_whenItIsNotOne(String text) {
        assertThat(Backoff.parse(text)).isEmpty();
    }
}
