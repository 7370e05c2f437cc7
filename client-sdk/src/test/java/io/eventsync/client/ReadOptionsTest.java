package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadOptionsTest {
    @Test
    void readerThatEndsWhenLevel_waitsForNothing() {
        assertThat(ReadOptions.all().longPoll()).isEqualTo(Duration.ofSeconds(20));
        assertThat(ReadOptions.all().untilLevel().longPoll()).isZero();
        assertThat(ReadOptions.all()
                        .longPoll(Duration.ofSeconds(3))
                        .untilLevel()
                        .longPoll())
                .isZero();
    }

    @Test
    void longPoll_isBounded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReadOptions.all().longPoll(Duration.ofSeconds(61)))
                .withMessageContaining("longPoll");
    }
}
