package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminConfigTest {
    @ParameterizedTest
    @CsvSource({"0, 7300, 8300", "0, 0, 0", "9000, 7300, 9000", "9000, 0, 9000", "0, 64535, 65535", "0, 65000, 64000"})
    void portIsAThousandAboveThePublicOne_unlessItIsSet(int port, int publicPort, int expected) {
        assertThat(new AdminConfig(true, "127.0.0.1", port).listenPort(publicPort))
                .isEqualTo(expected);
    }
}
