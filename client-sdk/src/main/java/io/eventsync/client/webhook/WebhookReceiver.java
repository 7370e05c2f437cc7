package io.eventsync.client.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventsync.client.EventSyncClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.WebhookFormat;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Receives webhooks: verifies, parses, drops repetitions, fills gaps, and says what to answer. Knows nothing of web servers: give it the headers
 * and the body as they came, and answer what it says. Safe for any thread.
 *
 * <pre>{@code
 * WebhookReceiver receiver = WebhookReceiver.of(WebhookVerifier.of(secret), event -> store(event.event()));
 * }</pre>
 *
 * <p>The handler's future decides: success acknowledges the event, and failure makes it come again. An event comes to the handler again only if
 * the {@link SeenStore} has forgotten it; two attempts at once share one call.
 */
public final class WebhookReceiver {
    private static final int BODY_BYTES_MAX = 8 << 20;
    /** What the server reads of an answer is 4 KiB. */
    private static final int ANSWER_BYTES_MAX = 4_000;

    private static final int SEEN_IDS = 100_000;

    private final WebhookVerifier verifier;
    private final Function<ReceivedEvent, Future<Void>> handler;
    private final WebhookParser parser;
    private final SeenStore seen;
    private final Optional<Healing> healing;
    private final Map<String, Future<Void>> underWay = new ConcurrentHashMap<>();
    private final Map<String, Future<Void>> lastOfEndpoint = new ConcurrentHashMap<>();

    private WebhookReceiver(
            WebhookVerifier verifier,
            Function<ReceivedEvent, Future<Void>> handler,
            WebhookParser parser,
            SeenStore seen,
            Optional<Filter> filter,
            @Nullable EventSyncClient client) {
        this.verifier = verifier;
        this.handler = handler;
        this.parser = parser;
        this.seen = seen;
        this.healing = client == null ? Optional.empty() : filter.map(f -> new Healing(client, f, this::once));
    }

    /** For endpoints of the default format, that remembers the last 100,000 ids in memory and fills no gaps. */
    public static WebhookReceiver of(WebhookVerifier verifier, Function<ReceivedEvent, Future<Void>> handler) {
        return new WebhookReceiver(
                verifier,
                handler,
                new WebhookParser(WebhookFormat.WEBHOOK_FORMAT_STANDARD),
                SeenStore.memory(SEEN_IDS),
                Optional.empty(),
                null);
    }

    /** A receiver for endpoints of another format. */
    public WebhookReceiver format(WebhookFormat format) {
        return new WebhookReceiver(
                verifier, handler, new WebhookParser(format), seen, healing.map(Healing::filter), client());
    }

    /** A receiver that remembers elsewhere. */
    public WebhookReceiver seen(SeenStore store) {
        return new WebhookReceiver(verifier, handler, parser, store, healing.map(Healing::filter), client());
    }

    /**
     * A receiver that reads from the log what did not come. For one endpoint with {@code ORDERING_ORDERED}: with other orderings the event before
     * may just be late. Requests are handled one after the other, and missing events before the one at hand.
     *
     * @param filter the endpoint's
     */
    public WebhookReceiver healing(EventSyncClient client, Filter filter) {
        return new WebhookReceiver(verifier, handler, parser, seen, Optional.of(filter), client);
    }

    private @Nullable EventSyncClient client() {
        return healing.map(Healing::client).orElse(null);
    }

    /** Headers by name, whatever their case; of several with one name the first counts. */
    public Future<WebhookAnswer> receive(Map<String, List<String>> headers, byte[] body) {
        Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> {
            if (name != null && !values.isEmpty()) {
                byName.putIfAbsent(name, values.get(0));
            }
        });
        return receive(byName::get, body);
    }

    /**
     * What to answer; never fails.
     *
     * @param header gives a header by its lower-case name, or null
     * @param body as it came
     */
    public Future<WebhookAnswer> receive(Function<String, @Nullable String> header, byte[] body) {
        if (body.length > BODY_BYTES_MAX) {
            return Future.succeededFuture(WebhookAnswer.refused(413, "larger than " + BODY_BYTES_MAX + " bytes"));
        }
        WebhookRequest request = new WebhookRequest(header, body);
        List<ReceivedEvent> events;
        try {
            verifier.verify(
                    request.webhookId(),
                    request.header("webhook-timestamp"),
                    request.header("webhook-signature"),
                    body);
            events = parser.parse(request);
        } catch (WebhookException e) {
            return Future.succeededFuture(WebhookAnswer.refused(e.problem().status(), String.valueOf(e.getMessage())));
        }
        return handled(request, events)
                .map(failed -> answer(request, events, failed))
                .otherwise(e -> WebhookAnswer.refused(500, "not handled"));
    }

    /** The ids of the events that were not. */
    private Future<List<String>> handled(WebhookRequest request, List<ReceivedEvent> events) {
        if (healing.isEmpty()) {
            return each(events, false);
        }
        return afterTheLast(request.endpoint(), () -> heal(request, events).compose(done -> each(events, true)));
    }

    private Future<List<String>> each(List<ReceivedEvent> events, boolean isOrdered) {
        List<String> failed = new ArrayList<>();
        Future<Void> all = Future.succeededFuture();
        for (ReceivedEvent event : events) {
            all = all.compose(done -> isOrdered && !failed.isEmpty()
                            ? Future.<Void>failedFuture("one before it failed")
                            : once(event))
                    .otherwise(e -> {
                        failed.add(event.event().getId());
                        return null;
                    });
        }
        return all.map(failed);
    }

    private Future<Void> heal(WebhookRequest request, List<ReceivedEvent> events) {
        String previous = request.header("eventsync-prev-cursor");
        if (previous.isEmpty()
                || events.isEmpty()
                || !request.header("eventsync-replay").isEmpty()) {
            return Future.succeededFuture();
        }
        ReceivedEvent first = events.get(0);
        return seen.isSeen(first.endpoint(), first.webhookId())
                .compose(isSeen -> seen.cursor(first.endpoint())
                        .compose(own -> isSeen || own.isEmpty() || own.get().equals(previous)
                                ? Future.succeededFuture()
                                : healing.orElseThrow().before(first, own.get(), seen)));
    }

    /** Hands the event over, unless it was; a second attempt while the first is at it waits for its outcome. */
    private Future<Void> once(ReceivedEvent event) {
        Promise<Void> promise = Promise.promise();
        String key = event.endpoint() + " " + event.webhookId();
        Future<Void> other = underWay.putIfAbsent(key, promise.future());
        if (other != null) {
            return other;
        }
        // In compose(), as whatever is thrown has to end it: who comes next waits for its outcome.
        Future<Void> handled = Future.succeededFuture()
                .compose(v -> seen.isSeen(event.endpoint(), event.webhookId()))
                .compose(isSeen -> isSeen
                        ? Future.<Void>succeededFuture()
                        : Objects.requireNonNull(handler.apply(event), "the handler answered null")
                                .compose(done -> seen.add(event)));
        return handled.onComplete(done -> {
            underWay.remove(key);
            promise.handle(done);
        });
    }

    private <T> Future<T> afterTheLast(String endpoint, Supplier<Future<T>> work) {
        Promise<Void> mine = Promise.promise();
        Future<Void> last = lastOfEndpoint.put(endpoint, mine.future());
        Future<Void> turn = last == null ? Future.succeededFuture() : last;
        return turn.compose(done -> work.get()).onComplete(done -> {
            lastOfEndpoint.remove(endpoint, mine.future());
            mine.complete();
        });
    }

    private static WebhookAnswer answer(WebhookRequest request, List<ReceivedEvent> events, List<String> failed) {
        if (failed.isEmpty()) {
            return WebhookAnswer.taken();
        }
        String body = new JsonObject().put("failed", new JsonArray(failed)).encode();
        boolean isPart = WebhookIds.isBatch(request.webhookId()) && failed.size() < events.size();
        return isPart && body.getBytes(UTF_8).length <= ANSWER_BYTES_MAX
                ? WebhookAnswer.json(body)
                : WebhookAnswer.refused(500, "not handled"); // what was handled drops out when it comes again
    }
}
