package io.eventsync.client.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.standardwebhooks.Webhook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request as the server makes it, signed by somebody else's library. */
final class TestRequest {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    final Map<String, String> headers = new LinkedHashMap<>();
    final byte[] body;

    private TestRequest(String webhookId, String body) {
        this.body = body.getBytes(UTF_8);
        headers.put("webhook-id", webhookId);
        headers.put("content-type", "application/json");
        headers.put("eventsync-endpoint", "orders");
        headers.put("eventsync-attempt", "1");
        sign(SECRET, Instant.now().getEpochSecond());
    }

    static TestRequest of(String webhookId, String body) {
        return new TestRequest(webhookId, body);
    }

    /** An order's event in the default format. */
    static TestRequest order(String id) {
        return of(
                        "evt_" + id,
                        "{\"type\":\"ORDER.PAID\",\"timestamp\":\"2023-11-14T22:13:19.250Z\",\"data\":{\"amount\": 12.50}}")
                .with("eventsync-cursor", "at-" + id);
    }

    TestRequest with(String name, String value) {
        headers.put(name, value);
        return this;
    }

    TestRequest signed(String secret, long seconds) {
        sign(secret, seconds);
        return this;
    }

    private void sign(String secret, long seconds) {
        try {
            headers.put("webhook-timestamp", Long.toString(seconds));
            headers.put(
                    "webhook-signature",
                    new Webhook(secret).sign(headers.get("webhook-id"), seconds, new String(body, UTF_8)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    Map<String, List<String>> asMap() {
        Map<String, List<String>> map = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            List<String> values = new ArrayList<>(List.of(value));
            map.put(Character.toUpperCase(name.charAt(0)) + name.substring(1), values);
        });
        return map;
    }
}
