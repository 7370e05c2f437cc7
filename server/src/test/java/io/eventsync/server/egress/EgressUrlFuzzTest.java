package io.eventsync.server.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.eventsync.server.failure.Failure;
import java.net.URI;
import java.nio.charset.StandardCharsets;

class EgressUrlFuzzTest {
    private static final AddressRules CLOSED = TestEgress.rules(java.util.Map.of());

    /** What is accepted reads the same for everybody, and is https to a public place by its looks. */
    @FuzzTest(maxDuration = "2m")
    void url_isRead_orRefused(byte[] input) {
        EgressUrl url;
        try {
            url = EgressUrl.parse("url", new String(input, StandardCharsets.UTF_8), CLOSED);
        } catch (Failure refused) {
            return;
        }
        // Not getHost(), which knows no name whose last label begins with a digit.
        String authority = URI.create(url.text()).getRawAuthority();
        assertThat(authority.replaceAll(":(80|443)$", "").replaceAll("[\\[\\]]", ""))
                .isEqualTo(url.host());
        assertThat(url.scheme()).isEqualTo("https");
        assertThat(url.port()).isIn(80, 443);
        assertThat(EgressUrl.parse("url", url.text(), CLOSED)).isEqualTo(url);
    }
}
