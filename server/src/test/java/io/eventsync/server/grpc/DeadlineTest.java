package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
    private static final Duration MAX = Duration.ofDays(365);

    @ParameterizedTest
    @CsvSource({
        "1H, PT1H",
        "2M, PT2M",
        "3S, PT3S",
        "4m, PT0.004S",
        "5u, PT0.000005S",
        "6n, PT0.000000006S",
        "0S, PT0S",
        "00000001S, PT1S",
        "99999999n, PT0.099999999S",
        "99999999u, PT99.999999S",
        "99999999S, P365D",
        "99999999H, P365D",
    })
    void timeout_isRead(String header, Duration expected) {
        assertThat(Deadline.parse(header, MAX)).isEqualTo(expected);
    }

    @Test
    void timeout_isAbsent_whenTheClientSetNone() {
        assertThat(Deadline.parse(null, MAX)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "S", "1", "-1S", "+1S", "1s", "1 S", "1.5S", "123456789S", "1SS", "0x1S", "١S", " 1S"})
    void timeout_isRefused_whenMalformed(String header) {
        Failure refused = catchThrowableOfType(Failure.class, () -> Deadline.parse(header, MAX));

        assertThat(refused.reason()).isEqualTo(Reason.METADATA_INVALID);
        assertThat(refused.metadata()).containsEntry("header", "grpc-timeout");
    }
}
