package io.eventsync.server.delivery;

import io.eventsync.server.egress.ClientTls;
import io.eventsync.server.egress.EgressAnswer;
import io.eventsync.server.egress.EgressClient;
import io.eventsync.server.egress.EgressError;
import io.eventsync.server.egress.EgressRequest;
import io.eventsync.server.egress.EgressUrl;
import io.eventsync.server.endpoint.DestinationSecrets;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.webhook.Header;
import io.eventsync.server.webhook.Renderer;
import io.eventsync.server.webhook.Signer;
import io.eventsync.server.webhook.WebhookBody;
import io.eventsync.server.webhook.WebhookId;
import io.eventsync.server.webhook.WebhookRequest;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends events by HTTP POST, signed, and says what the answer means. */
final class WebhookSender implements Sender {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    private final String endpoint;
    private final WebhookDestination destination;
    private final EgressUrl url;
    private final EgressClient client;
    private final Signer signer;
    private final Cursors cursors;
    private final InstantSource clock;
    private final Identity identity;
    private final Map<String, String> headers;
    private final Optional<ClientTls> certificate;

    /**
     * Who sends.
     *
     * @param source of CloudEvents
     */
    record Identity(String source, String version) {}

    WebhookSender(
            String endpoint,
            WebhookDestination destination,
            DestinationSecrets secrets,
            EgressUrl url,
            EgressClient client,
            Signer signer,
            Cursors cursors,
            InstantSource clock,
            Identity identity) {
        this.endpoint = endpoint;
        this.destination = destination;
        this.url = url;
        this.client = client;
        this.signer = signer;
        this.cursors = cursors;
        this.clock = clock;
        this.identity = identity;
        this.headers = new TreeMap<>(destination.headers());
        authorization(destination, secrets).ifPresent(value -> headers.put("authorization", value));
        this.certificate =
                secrets.certificate().map(c -> new ClientTls(Buffer.buffer(c.chainPem()), Buffer.buffer(c.keyPem())));
    }

    private static Optional<String> authorization(WebhookDestination destination, DestinationSecrets secrets) {
        return destination.auth().map(auth -> {
            String secret = secrets.auth().orElse("");
            return auth.username()
                    .map(user -> "Basic "
                            + Base64.getEncoder()
                                    .encodeToString(
                                            (user + ":" + secret).getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .orElse("Bearer " + secret);
        });
    }

    @Override
    public Future<AttemptResult> send(Attempt attempt) {
        EgressRequest request;
        try {
            request = request(attempt);
        } catch (RuntimeException e) {
            LOG.error(
                    "an event cannot be written as a webhook endpoint={} position={} next=dead letter",
                    endpoint,
                    attempt.first().position(),
                    e);
            return Future.succeededFuture(
                    AttemptResult.failure(AttemptError.INTERNAL, "the event cannot be written in this format", 0, 0)
                            .asFinal());
        }
        return client.post(request).map(answer -> result(attempt, answer));
    }

    private EgressRequest request(Attempt attempt) {
        Instant now = clock.instant();
        Delivery last = attempt.deliveries().get(attempt.deliveries().size() - 1);
        LogEvent lastEvent = Objects.requireNonNull(last.event());
        LogPoint previous = attempt.first().previous();
        WebhookRequest parts = new WebhookRequest(
                webhookId(attempt),
                body(attempt),
                Math.max(1, attempt.number()),
                cursors.encode(LogPoint.after(lastEvent)),
                Optional.ofNullable(previous).map(cursors::encode),
                endpoint,
                attempt.first().isAsked()
                        ? Optional.of(Objects.requireNonNullElse(attempt.first().replayId(), "1"))
                        : Optional.empty(),
                attempt.traceparent());
        MultiMap all = MultiMap.caseInsensitiveMultiMap();
        for (Header header : parts.headers(signer, now.getEpochSecond(), identity.version(), headers)) {
            all.add(header.name(), header.value());
        }
        if (last.position() == 0) {
            all.remove("eventsync-cursor"); // made up for a test, so it has no place in the log
        }
        return new EgressRequest(url, all, Buffer.buffer(parts.body().bytes()), destination.timeout(), certificate);
    }

    private String webhookId(Attempt attempt) {
        return isBatched()
                ? WebhookId.ofBatch(attempt.deliveries().stream()
                        .map(d -> WebhookId.of(d.eventId()))
                        .toList())
                : WebhookId.of(attempt.first().eventId());
    }

    private boolean isBatched() {
        return destination.batch().isPresent();
    }

    private WebhookBody body(Attempt attempt) {
        List<LogEvent> events = attempt.deliveries().stream()
                .map(d -> Objects.requireNonNull(d.event()))
                .toList();
        return isBatched()
                ? Renderer.renderBatch(events, e -> cursors.encode(LogPoint.after(e)))
                : Renderer.render(events.get(0), destination.format(), identity.source());
    }

    private AttemptResult result(Attempt attempt, EgressAnswer answer) {
        if (answer.error() != EgressError.NONE) {
            return with(answer, AttemptError.valueOf(answer.error().name()), answer.message(), 0, Set.of());
        }
        int status = answer.statusCode();
        if (status >= 200 && status <= 299) {
            return isBatched() ? batchResult(attempt, answer) : with(answer, null, "", 0, Set.of());
        }
        long pause = status == 429 || status == 503
                ? RetryAfter.millis(answer.headers().get("retry-after"), clock.instant())
                : 0;
        AttemptResult failure = with(answer, error(status, pause), "the receiver answered " + status, pause, Set.of());
        return "true"
                        .equalsIgnoreCase(answer.headers()
                                .getOrDefault("eventsync-no-retry", "")
                                .strip())
                ? failure.asFinal()
                : failure;
    }

    private static AttemptError error(int status, long pause) {
        if (status == 410) {
            return AttemptError.GONE;
        }
        if (status == 429 || (status == 503 && pause > 0)) {
            return AttemptError.THROTTLED;
        }
        return status >= 300 && status <= 399 ? AttemptError.REDIRECT : AttemptError.STATUS;
    }

    private AttemptResult batchResult(Attempt attempt, EgressAnswer answer) {
        Optional<Set<Long>> missing = BatchAnswer.unacknowledged(
                attempt.deliveries(),
                answer.headers().get("eventsync-ack"),
                answer.excerpt().getBytes(),
                answer.bodyTruncated(),
                cursors);
        if (missing.isEmpty()) {
            return with(answer, AttemptError.PROTOCOL, "the acknowledgement cannot be read", 0, Set.of());
        }
        if (missing.get().isEmpty()) {
            return with(answer, null, "", 0, Set.of());
        }
        return with(
                answer,
                AttemptError.PARTIAL,
                missing.get().size() + " of " + attempt.deliveries().size() + " events were not acknowledged",
                0,
                missing.get());
    }

    private static AttemptResult with(
            EgressAnswer answer,
            @org.jspecify.annotations.Nullable AttemptError error,
            String message,
            long retryAfterMillis,
            Set<Long> unacknowledged) {
        return new AttemptResult(
                Optional.ofNullable(error),
                message,
                answer.statusCode(),
                answer.latencyNanos() / 1_000,
                answer.remoteAddress(),
                answer.headers(),
                answer.excerpt().getBytes(),
                retryAfterMillis,
                false,
                unacknowledged);
    }
}
