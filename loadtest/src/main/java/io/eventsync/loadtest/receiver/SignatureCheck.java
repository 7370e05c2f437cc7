package io.eventsync.loadtest.receiver;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Whether a request is signed, by the library that receivers use. It reads bodies as UTF-8: others count as badly signed. */
interface SignatureCheck {

    /** An endpoint without a secret takes any request. */
    SignatureCheck NONE = (headers, body) -> true;

    boolean isGood(MultiMap headers, byte[] body);

    /** Checks Standard Webhooks {@code v1} signatures that are at most 5 minutes old. */
    static SignatureCheck with(String secret) {
        Webhook webhook = webhook(secret);
        return (headers, body) -> {
            try {
                webhook.verify(
                        new String(body, StandardCharsets.UTF_8),
                        Map.of(
                                Webhook.UNBRANDED_MSG_ID_KEY, headers.getAll(Webhook.UNBRANDED_MSG_ID_KEY),
                                Webhook.UNBRANDED_MSG_TIMESTAMP_KEY,
                                        headers.getAll(Webhook.UNBRANDED_MSG_TIMESTAMP_KEY),
                                Webhook.UNBRANDED_MSG_SIGNATURE_KEY,
                                        headers.getAll(Webhook.UNBRANDED_MSG_SIGNATURE_KEY)));
                return true;
            } catch (WebhookVerificationException e) {
                return false;
            }
        };
    }

    private static Webhook webhook(String secret) {
        if (!secret.startsWith(Webhook.SECRET_PREFIX)) {
            throw new IllegalArgumentException("a secret is whsec_ and base64");
        }
        try {
            return new Webhook(secret);
        } catch (EmptyWebhookSecretException | IllegalArgumentException e) {
            // The cause may quote the secret.
            throw new IllegalArgumentException("a secret is whsec_ and base64");
        }
    }
}
