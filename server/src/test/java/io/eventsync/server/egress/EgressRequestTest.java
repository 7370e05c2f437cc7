package io.eventsync.server.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressRequestTest {
    private static final EgressUrl URL = TestEgress.url("https://example.com/token-hunter2", TestEgress.closed());

    @ParameterizedTest
    @ValueSource(strings = {"Host", "Content-Length", "TRANSFER-ENCODING", "Connection", "Upgrade", "Expect", "TE"})
    void framingHeaders_areRefused(String name) {
        assertThat(EgressRequest.isReserved(name)).isTrue();
        assertThatThrownBy(() -> request(MultiMap.caseInsensitiveMultiMap().add(name, "x"), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timeout_mustBePositive() {
        assertThatThrownBy(() -> request(MultiMap.caseInsensitiveMultiMap(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void text_holdsNoSecret() {
        EgressRequest request = new EgressRequest(
                URL,
                MultiMap.caseInsensitiveMultiMap().add("authorization", "hunter2"),
                Buffer.buffer("hunter2"),
                Duration.ofSeconds(1),
                Optional.of(new ClientTls(Buffer.buffer("hunter2"), Buffer.buffer("hunter2"))));

        assertThat(request.toString()).contains("https://example.com").doesNotContain("hunter2");
        assertThat(request.clientTls().orElseThrow().toString()).doesNotContain("hunter2");
    }

    private static EgressRequest request(MultiMap headers, Duration timeout) {
        return new EgressRequest(URL, headers, Buffer.buffer(), timeout, Optional.empty());
    }
}
