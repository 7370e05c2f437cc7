package io.eventsync.server.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a request says that is not the endpoint's: its body, and where in the stream of events it stands.
 *
 * @param webhookId of the event or of the batch, see {@link WebhookId}
 * @param attempt 1, 2, 3 and so on
 * @param cursor of the event, or of the last one of the batch
 * @param previousCursor of the event that the endpoint had before, by which a receiver sees a gap; empty if unknown
 * @param endpoint its name
 * @param replay says that the event was asked for again, and by what; empty in the ordinary course
 * @param traceparent of the event's producer, or empty
 */
public record WebhookRequest(
        String webhookId,
        WebhookBody body,
        int attempt,
        String cursor,
        Optional<String> previousCursor,
        String endpoint,
        Optional<String> replay,
        String traceparent) {

    private static final String AGENT = "EventSync/";

    /**
     * All headers but {@code host}, {@code content-length} and {@code authorization}, signed as of now. An attempt has its own.
     *
     * @param version of this server
     * @param custom as accepted by {@link HeaderRules}
     */
    public List<Header> headers(Signer signer, long nowSeconds, String version, Map<String, String> custom) {
        List<Header> headers = new ArrayList<>();
        headers.add(new Header("content-type", body.contentType()));
        headers.add(new Header("user-agent", AGENT + version));
        headers.addAll(body.headers());
        headers.add(new Header("webhook-id", webhookId));
        headers.add(new Header("webhook-timestamp", Long.toString(nowSeconds)));
        headers.add(new Header("webhook-signature", signer.sign(webhookId, nowSeconds, body.bytes())));
        headers.add(new Header("eventsync-attempt", Integer.toString(attempt)));
        headers.add(new Header("eventsync-cursor", cursor));
        previousCursor.ifPresent(previous -> headers.add(new Header("eventsync-prev-cursor", previous)));
        headers.add(new Header("eventsync-endpoint", endpoint));
        replay.ifPresent(why -> headers.add(new Header("eventsync-replay", why)));
        if (!traceparent.isEmpty()) {
            headers.add(new Header("traceparent", traceparent));
        }
        custom.forEach((name, value) -> headers.add(new Header(name, value)));
        return headers;
    }
}
