package io.eventsync.client.webhook;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request's headers by name, and its body as it came. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WebhookRequest(Function<String, @Nullable String> headers, byte[] body) {
    /** Empty if there is none. */
    String header(String name) {
        return Optional.ofNullable(headers.apply(name)).orElse("").strip();
    }

    String webhookId() {
        return header("webhook-id");
    }

    String endpoint() {
        return header("eventsync-endpoint");
    }

    int attempt() {
        String text = header("eventsync-attempt");
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 1;
    }
}
