package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Timestamp;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TestEvents;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/** Requests as this server makes them, with the events and the secret of docs/WEBHOOKS.md. */
final class SampleWebhooks {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final UUID LOG = UUID.fromString("0b9f0c0e-8b1b-4f43-9d3c-2f0a4d1f7c11");
    private static final Cursors CURSORS = new Cursors(LOG);
    private static final long SENT_SECONDS = 1_700_000_000;

    private SampleWebhooks() {}

    /** A request, ready to be sent. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sample(List<Header> headers, byte[] body) {
        String text(List<Header> shown) {
            StringBuilder text = new StringBuilder();
            shown.forEach(header -> text.append(header.name())
                    .append(": ")
                    .append(header.value())
                    .append('\n'));
            return text.append('\n')
                    .append(new String(body, UTF_8))
                    .append('\n')
                    .toString();
        }

        Sample withBody(byte[] other) {
            return new Sample(headers, other);
        }

        Sample without(String header) {
            return new Sample(
                    headers.stream().filter(h -> !h.name().equals(header)).toList(), body);
        }

        String header(String name) {
            return headers.stream()
                    .filter(header -> header.name().equals(name))
                    .map(Header::value)
                    .findFirst()
                    .orElseThrow();
        }
    }

    static SigningKey key(String secret) {
        return SigningKeys.parseHmac("secret", secret, 0);
    }

    /** A key that goes on signing for an hour after it was rotated. */
    static SigningKey rotated(String secret) {
        SigningKey key = key(secret);
        return new SigningKey(
                key.keyId(),
                key.scheme(),
                key.secret(),
                key.publicKey(),
                key.createdMicros() - 1,
                OptionalLong.of((Instant.now().getEpochSecond() + 3_600) * 1_000_000));
    }

    /** An event with this id, sent so many seconds ago. */
    static Sample sent(String id, long secondsAgo, SigningKey... keys) {
        LogEvent event = order(9, id, "17");
        WebhookBody body = Renderer.render(event, WebhookFormat.STANDARD, "urn:eventsync:" + LOG);
        return request(
                WebhookId.of(id),
                body,
                event,
                Optional.empty(),
                keys,
                Instant.now().getEpochSecond() - secondsAgo);
    }

    /** The requests of the page, in its order; all have the whole head of the first but for the lines that show the format. */
    static List<String> ofThePage() {
        LogEvent event = order(9, "order-17-paid", "17");
        LogEvent next = order(12, "order-18-paid", "18");
        List<String> texts = new ArrayList<>();
        for (WebhookFormat format : WebhookFormat.values()) {
            Sample sample = request(
                    WebhookId.of(event.id()),
                    Renderer.render(event, format, "urn:eventsync:" + LOG),
                    event,
                    Optional.of(CURSORS.encode(LogPoint.after(order(7, "order-16-paid", "16")))),
                    new SigningKey[] {key(SECRET)},
                    SENT_SECONDS);
            texts.add(
                    format == WebhookFormat.STANDARD
                            ? "POST /hook HTTP/1.1\n" + sample.text(withHost(sample))
                            : sample.text(ofTheFormat(sample)));
        }
        Sample batch = request(
                WebhookId.ofBatch(
                        Stream.of(event, next).map(e -> WebhookId.of(e.id())).toList()),
                Renderer.renderBatch(List.of(event, next), e -> CURSORS.encode(LogPoint.after(e))),
                next,
                Optional.empty(),
                new SigningKey[] {key(SECRET)},
                SENT_SECONDS);
        texts.add(batch.text(batch.headers().stream()
                .filter(h -> h.name().matches("content-type|webhook-id|eventsync-cursor"))
                .toList()));
        return texts;
    }

    private static List<Header> withHost(Sample sample) {
        List<Header> shown = new ArrayList<>(sample.headers());
        shown.add(new Header("host", "receiver.example"));
        shown.add(new Header("content-length", Integer.toString(sample.body().length)));
        return shown;
    }

    private static List<Header> ofTheFormat(Sample sample) {
        return sample.headers().stream()
                .filter(header -> header.name().matches("content-type|ce-.*"))
                .toList();
    }

    private static Sample request(
            String id,
            WebhookBody body,
            LogEvent last,
            Optional<String> previous,
            SigningKey[] keys,
            long sentSeconds) {
        WebhookRequest request = new WebhookRequest(
                id, body, 1, CURSORS.encode(LogPoint.after(last)), previous, "orders", Optional.empty(), "");
        List<Header> headers = request.headers(new Signer(Arrays.asList(keys)), sentSeconds, "0.1.0", Map.of());
        return new Sample(headers, body.bytes());
    }

    private static LogEvent order(long position, String id, String number) {
        Event content = Event.newBuilder()
                .setKey("order-" + number)
                .setMessage("order " + number + " was paid: 12,50 €")
                .setJson("{\"amount\": 12.50}")
                .putAttributes("region", "eu")
                .setEventTime(
                        Timestamp.newBuilder().setSeconds(SENT_SECONDS - 1).setNanos(250_000_000))
                .build();
        return TestEvents.event(position, "ORDER.PAID", id, content);
    }
}
