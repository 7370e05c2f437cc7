package io.eventsync.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookIdTest {
    @Test
    void plainId_isKept() {
        assertThat(WebhookId.of("0199-aB_9")).isEqualTo("evt_0199-aB_9");
        assertThat(WebhookId.of("a".repeat(128))).isEqualTo("evt_" + "a".repeat(128));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "a b", "ż", "a\nb", "\uD83D\uDE00", "a/b"})
    void otherId_isHashed(String id) {
        assertThat(WebhookId.of(id)).matches("evh_[A-Za-z0-9_-]{43}").isEqualTo(WebhookId.of(id));
    }

    @Test
    void hash_isSha256InBase64Url() {
        assertThat(WebhookId.of("a".repeat(129))).matches("evh_[A-Za-z0-9_-]{43}");
        assertThat(WebhookId.of("")).isEqualTo("evh_47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    }

    @Test
    void batch_isOfItsEvents() {
        String batch = WebhookId.ofBatch(List.of("evt_1", "evt_2"));

        assertThat(batch)
                .matches("bat_[A-Za-z0-9_-]{43}")
                .isEqualTo(WebhookId.ofBatch(List.of("evt_1", "evt_2")))
                .isNotEqualTo(WebhookId.ofBatch(List.of("evt_1")))
                .isNotEqualTo(WebhookId.ofBatch(List.of("evt_1evt_2")));
    }
}
