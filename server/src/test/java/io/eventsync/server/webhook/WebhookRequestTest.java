package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebhookRequestTest {
    private static final Signer SIGNER =
            new Signer(List.of(SigningKeys.parseHmac("s", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0)));

    @Test
    void headers_comeInTheirOrder() {
        WebhookBody body = new WebhookBody(
                "text/plain", List.of(new Header("ce-id", "1")), "{\"test\": 2432232314}".getBytes(UTF_8));
        WebhookRequest request = new WebhookRequest(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                body,
                3,
                "c9",
                Optional.of("c7"),
                "orders",
                Optional.of("rp_1"),
                "00-a");
        Map<String, String> custom = new LinkedHashMap<>();
        custom.put("X-B", "2");
        custom.put("x-a", "1");

        assertThat(request.headers(SIGNER, 1614265330, "1.2.3", custom))
                .containsExactly(
                        new Header("content-type", "text/plain"),
                        new Header("user-agent", "EventSync/1.2.3"),
                        new Header("ce-id", "1"),
                        new Header("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                        new Header("webhook-timestamp", "1614265330"),
                        new Header("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
                        new Header("eventsync-attempt", "3"),
                        new Header("eventsync-cursor", "c9"),
                        new Header("eventsync-prev-cursor", "c7"),
                        new Header("eventsync-endpoint", "orders"),
                        new Header("eventsync-replay", "rp_1"),
                        new Header("traceparent", "00-a"),
                        new Header("X-B", "2"),
                        new Header("x-a", "1"));
    }

    @Test
    void headers_leaveOutWhatIsNotKnown() {
        WebhookRequest request = new WebhookRequest(
                "evt_1", WebhookBody.json(new byte[0]), 1, "c", Optional.empty(), "e", Optional.empty(), "");

        assertThat(request.headers(SIGNER, 1, "1", Map.of()))
                .extracting(Header::name)
                .containsExactly(
                        "content-type",
                        "user-agent",
                        "webhook-id",
                        "webhook-timestamp",
                        "webhook-signature",
                        "eventsync-attempt",
                        "eventsync-cursor",
                        "eventsync-endpoint");
    }
}
