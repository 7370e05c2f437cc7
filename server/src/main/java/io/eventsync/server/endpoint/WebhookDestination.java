package io.eventsync.server.endpoint;

import io.eventsync.server.webhook.SigningKey;
import io.eventsync.server.webhook.WebhookFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * HTTP POST to a URL.
 *
 * @param headers added to every request, in the order of their names
 * @param auth how to log in at the receiver, without the secret
 * @param certificate what is public of the certificate to present
 * @param timeout for one whole request
 * @param batch several events in one request, or one each
 */
public record WebhookDestination(
        String url,
        WebhookFormat format,
        Map<String, String> headers,
        Optional<Auth> auth,
        Optional<CertificateInfo> certificate,
        Duration timeout,
        Optional<Batch> batch,
        List<SigningKey.Scheme> signatureSchemes)
        implements Destination {

    public WebhookDestination {
        headers = Map.copyOf(headers);
        signatureSchemes = List.copyOf(signatureSchemes);
    }

    /** @param username of basic authentication; without one it is a bearer token */
    public record Auth(Optional<String> username) {}

    /** What may be shown of a client certificate. */
    public record CertificateInfo(String subject, String fingerprintSha256, long expireMicros) {}

    public record Batch(int eventsMax, int bytesMax, Duration waitMax) {}

    @Override
    public String target() {
        return url;
    }
}
