package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PublisherOptionsTest {
    @Test
    void valuesAreChangedOneByOne() {
        PublisherOptions changed = PublisherOptions.defaults()
                .linger(Duration.ofMillis(1))
                .append(2, 3_000)
                .appendsInFlight(4)
                .payloadBytesMax(5)
                .buffer(6, 7_000)
                .answerTimeout(Duration.ofSeconds(8))
                .deliveryTimeout(Duration.ofSeconds(9))
                .closeTimeout(Duration.ofSeconds(10));

        assertThat(changed)
                .isEqualTo(new PublisherOptions(
                        Duration.ofMillis(1),
                        2,
                        3_000,
                        4,
                        6,
                        7_000,
                        5,
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(10)));
    }

    @Test
    void valueOutOfBounds_isNamed() {
        record Wrong(String name, UnaryOperator<PublisherOptions> change) {}
        List<Wrong> all = List.of(
                new Wrong("linger", o -> o.linger(Duration.ofSeconds(11))),
                new Wrong("linger", o -> o.linger(Duration.ofMillis(-1))),
                new Wrong("appendEventsMax", o -> o.append(1_001, 2_000)),
                new Wrong("appendBytesMax", o -> o.append(1, 4 << 20)),
                new Wrong("appendsInFlight", o -> o.appendsInFlight(0)),
                new Wrong("bufferEventsMax", o -> o.buffer(0, 1 << 20)),
                new Wrong("bufferBytesMax", o -> o.buffer(1, 1 << 10)),
                new Wrong("payloadBytesMax", o -> o.payloadBytesMax(0)),
                new Wrong("answerTimeout", o -> o.answerTimeout(Duration.ZERO)),
                new Wrong("deliveryTimeout", o -> o.deliveryTimeout(Duration.ofDays(2))),
                new Wrong("closeTimeout", o -> o.closeTimeout(Duration.ofDays(2))));

        assertThat(all)
                .allSatisfy(wrong -> assertThatThrownBy(() -> wrong.change().apply(PublisherOptions.defaults()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(wrong.name() + ": "));
    }
}
