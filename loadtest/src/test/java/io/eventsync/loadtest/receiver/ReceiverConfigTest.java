package io.eventsync.loadtest.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReceiverConfigTest {

    @Test
    void secrets_areNotInItsText() {
        ReceiverConfig config =
                ReceiverConfig.defaults().withSecret("a", "whsec_c2VjcmV0").withMode("b", "fail:5");

        assertThat(config.toString()).contains("[a]").contains("b=fail:5").doesNotContain("whsec_");
    }

    @Test
    void values_areRefused_whenOutOfRange() {
        ReceiverConfig config = ReceiverConfig.defaults();

        assertThatThrownBy(() -> config.withPort(65_536)).hasMessageContaining("port 65536");
        assertThatThrownBy(() -> config.withEventLoops(0)).hasMessageContaining("eventLoops 0");
        assertThatThrownBy(() -> config.withMode("a", "nope")).hasMessageContaining("status:<code>");
    }

    @Test
    void secret_isRefusedWithoutQuotingIt_whenItIsNone() {
        for (String bad : new String[] {"whsec_", "whsec_$$$$", "c2VjcmV0"}) {
            assertThatThrownBy(() -> SignatureCheck.with(bad)).hasMessage("a secret is whsec_ and base64");
        }
    }
}
