package io.eventsync.server.delivery;

import com.github.f4b6a3.uuid.UuidCreator;
import io.eventsync.server.endpoint.Endpoint;
import io.eventsync.server.endpoint.Endpoints;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What became of events on their way to endpoints: looks it up, and asks for it again. Any node, any thread. */
public final class Deliveries {
    private static final String REPLAY = "eventsync.v1/Replay";
    private static final Pattern REPLAY_ID = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final int REPLAYS_MAX = 100;
    private static final int LETTERS_COUNTED_MAX = 100_000;
    private static final int LETTER_GROUPS_MAX = 1_000;
    private static final int EXPLAINED_ATTEMPTS_MAX = 100;
    private static final Duration IN_FLIGHT_RETRY = Duration.ofSeconds(1);

    private final EventLog log;
    private final Endpoints endpoints;
    private final AuditStore audit;
    private final DeadLetterStore letters;
    private final ReplayStore replays;
    private final WaitingStore waiting;
    private final DeliveryVerticle verticle;
    private final DeliveryConfig config;
    private final InstantSource clock;

    public Deliveries(
            Pool pool,
            EventLog log,
            Endpoints endpoints,
            DeliveryVerticle verticle,
            DeliveryConfig config,
            InstantSource clock) {
        this.log = log;
        this.endpoints = endpoints;
        this.audit = new AuditStore(pool);
        this.letters = new DeadLetterStore(pool);
        this.replays = new ReplayStore(pool);
        this.waiting = new WaitingStore(pool);
        this.verticle = verticle;
        this.config = config;
        this.clock = clock;
    }

    /** A place in a list that begins with the latest. */
    public record Place(long micros, String id, long position) {}

    /** Which attempts; what is empty or null does not restrict. */
    public record AttemptQuery(
            String endpoint,
            String eventId,
            List<String> tagPrefixes,
            List<AttemptOutcome> outcomes,
            @Nullable Instant from,
            @Nullable Instant to) {}

    // ---- attempts and deliveries ----

    /** The latest started first. */
    public Future<List<AttemptRow>> attempts(AttemptQuery query, Optional<Place> before, int max) {
        return resolve(query).compose(q -> stored(audit.list(q, before.map(Deliveries::place), max)));
    }

    private static AuditStore.Place place(Place place) {
        try {
            return new AuditStore.Place(place.micros(), java.util.UUID.fromString(place.id()), place.position());
        } catch (IllegalArgumentException e) {
            throw notOfThisList();
        }
    }

    /** Lists of attempts and of dead letters may be asked for in the same words; their places differ. */
    private static Failure notOfThisList() {
        return Failure.of(Reason.PAGE_TOKEN_INVALID, "the page token was not given out for this request");
    }

    /** Fails with RESOURCE_NOT_FOUND if there is no such endpoint. */
    private Future<AuditStore.Query> resolve(AttemptQuery query) {
        Future<Optional<Long>> endpoint = query.endpoint().isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : endpoints.get(query.endpoint()).map(e -> Optional.of(e.id()));
        return endpoint.compose(id -> position(query.eventId())
                .map(position -> new AuditStore.Query(
                        id.orElse(null),
                        position.isPresent() ? position.getAsLong() : null,
                        position.isPresent() || query.eventId().isEmpty() ? null : query.eventId(),
                        query.tagPrefixes().isEmpty()
                                ? null
                                : query.tagPrefixes().toArray(String[]::new),
                        query.outcomes().isEmpty()
                                ? null
                                : query.outcomes().stream().map(Enum::name).toArray(String[]::new),
                        query.from(),
                        query.to())));
    }

    private Future<OptionalLong> position(String eventId) {
        return eventId.isEmpty()
                ? Future.succeededFuture(OptionalLong.empty())
                : log.byId(eventId)
                        .map(found ->
                                found.map(e -> OptionalLong.of(e.position())).orElse(OptionalLong.empty()));
    }

    /** Deliveries of an endpoint, of an event, or of both; the latest tried first. */
    public Future<List<DeliveryRow>> deliveries(String endpoint, String eventId, Optional<Place> before, int max) {
        AttemptQuery query = new AttemptQuery(endpoint, eventId, List.of(), List.of(), null, null);
        return resolve(query).compose(q -> {
            if (q.eventId() != null) {
                return Future.succeededFuture(List.of()); // no event of the log
            }
            return stored(audit.deliveries(q.endpoint(), q.position(), before.map(Deliveries::place), max))
                    .compose(this::named);
        });
    }

    /** Deliveries of a batch share an attempt, which has the id of the first only. */
    private Future<List<DeliveryRow>> named(List<DeliveryRow> rows) {
        Future<List<DeliveryRow>> done = Future.succeededFuture(new ArrayList<>());
        for (DeliveryRow row : rows) {
            boolean isFirst =
                    row.last().map(a -> a.position() == row.position()).orElse(true);
            done = done.compose(list -> (isFirst ? Future.succeededFuture(row) : named(row)).map(named -> {
                list.add(named);
                return list;
            }));
        }
        return done;
    }

    private Future<DeliveryRow> named(DeliveryRow row) {
        return log.byPosition(row.position())
                .map(found -> found.map(e -> new DeliveryRow(
                                row.endpoint(),
                                e.id(),
                                row.position(),
                                e.tag(),
                                row.state(),
                                row.attempts(),
                                row.nextAttemptMicros(),
                                row.last()))
                        .orElse(row));
    }

    // ---- one event and one endpoint ----

    /** Which event. */
    public sealed interface EventName {
        record ById(String id) implements EventName {}

        record ByPosition(long position) implements EventName {}
    }

    private Future<LogEvent> event(EventName name, Endpoint endpoint) {
        Future<Optional<LogEvent>> found = name instanceof EventName.ById byId
                ? log.byId(byId.id())
                : log.byPosition(((EventName.ByPosition) name).position());
        return found.compose(event -> {
                    if (event.isPresent()) {
                        return Future.succeededFuture(event);
                    }
                    return stored(waiting.position(endpoint.id(), name))
                            .compose(position -> position.isEmpty()
                                    ? Future.succeededFuture(Optional.empty())
                                    : stored(letters.event(endpoint.id(), position.getAsLong())));
                })
                .compose(event -> event.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(Failure.notFound("eventsync.v1/Event", text(name)))));
    }

    private static String text(EventName name) {
        return name instanceof EventName.ById byId
                ? byId.id()
                : Long.toString(((EventName.ByPosition) name).position());
    }

    /** Makes one delivery due now, with a fresh retry policy. */
    public Future<DeliveryRow> retry(String endpoint, EventName name) {
        return endpoints
                .get(endpoint)
                .compose(there -> event(name, there).compose(event -> {
                    if (!there.settings().filter().matches(event)) {
                        return Future.failedFuture(Failure.notFound("eventsync.v1/Delivery", text(name)));
                    }
                    return stored(letters.again(there.id(), event)).compose(again -> switch (again) {
                        case INACTIVE ->
                            Future.failedFuture(
                                    Failure.of(Reason.ENDPOINT_INACTIVE, "the endpoint does not send; resume it first")
                                            .with("endpoint", endpoint));
                        case IN_FLIGHT ->
                            Future.failedFuture(
                                    Failure.of(Reason.DELIVERY_IN_FLIGHT, "an attempt of this event is under way")
                                            .retryAfter(IN_FLIGHT_RETRY));
                        case DUE -> {
                            verticle.hint();
                            yield delivery(there, event);
                        }
                    });
                }));
    }

    private Future<DeliveryRow> delivery(Endpoint endpoint, LogEvent event) {
        return stored(waiting.get(endpoint.id(), event.position()))
                .compose(row -> stored(audit.ofDelivery(endpoint.id(), event.position(), 1))
                        .map(attempts -> new DeliveryRow(
                                endpoint.name(),
                                event.id(),
                                event.position(),
                                event.tag(),
                                DeliveryRow.State.RETRYING,
                                row.map(WaitingStore.Waiting::attempts).orElse(0),
                                row.map(WaitingStore.Waiting::dueMicros).orElse(OptionalLong.empty()),
                                attempts.stream().findFirst())));
    }

    /** Says where one event stands with one endpoint, and why. */
    public Future<Explanation> explain(String endpoint, EventName name) {
        return endpoints
                .get(endpoint)
                .compose(there -> event(name, there).compose(event -> {
                    Future<List<AttemptRow>> attempts =
                            stored(audit.ofDelivery(there.id(), event.position(), EXPLAINED_ATTEMPTS_MAX));
                    Future<Optional<WaitingStore.Waiting>> row = stored(waiting.get(there.id(), event.position()));
                    Future<Boolean> isDead =
                            stored(letters.event(there.id(), event.position())).map(Optional::isPresent);
                    Future<Long> first =
                            stored(waiting.first(there.id(), there.settings().ordering(), event.key()));
                    return Future.all(attempts, row, isDead, first)
                            .map(all -> new Explainer(
                                            there,
                                            event,
                                            row(there, event, attempts.result(), row.result(), isDead.result()),
                                            oldestFirst(attempts.result()),
                                            new Explainer.Facts(
                                                    nowMicros(),
                                                    first.result(),
                                                    config.waitingMax(),
                                                    log.head().position()))
                                    .explain());
                }));
    }

    private static Optional<DeliveryRow> row(
            Endpoint endpoint,
            LogEvent event,
            List<AttemptRow> latestFirst,
            Optional<WaitingStore.Waiting> row,
            boolean isDead) {
        if (latestFirst.isEmpty()) {
            return row.map(w -> new DeliveryRow(
                    endpoint.name(),
                    event.id(),
                    event.position(),
                    event.tag(),
                    w.state().equals("RETRYING") ? DeliveryRow.State.RETRYING : DeliveryRow.State.PENDING,
                    w.attempts(),
                    w.dueMicros(),
                    Optional.empty()));
        }
        DeliveryRow made = DeliveryRow.of(
                latestFirst.get(0),
                event.position(),
                row.map(w -> Delivery.State.valueOf(w.state())),
                isDead,
                Math.max(
                        latestFirst.size(),
                        row.map(WaitingStore.Waiting::attempts).orElse(0)),
                row.map(WaitingStore.Waiting::dueMicros).orElse(OptionalLong.empty()));
        return Optional.of(new DeliveryRow(
                endpoint.name(),
                event.id(),
                event.position(),
                event.tag(),
                made.state(),
                made.attempts(),
                made.nextAttemptMicros(),
                made.last()));
    }

    private static List<AttemptRow> oldestFirst(List<AttemptRow> latestFirst) {
        List<AttemptRow> attempts = new ArrayList<>(latestFirst);
        Collections.reverse(attempts);
        return attempts;
    }

    private long nowMicros() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000L + now.getNano() / 1_000;
    }

    /** Sends one event to an endpoint now, beside all that the endpoint does. */
    public Future<AttemptRow> test(String endpoint, Optional<String> eventId) {
        return endpoints.get(endpoint).compose(there -> stored(verticle.test(there.id(), eventId)));
    }

    // ---- dead letters ----

    /** A dead letter and its place in the list. */
    public record Letter(DeadLetterRow row, Place place) {}

    /** Newest first. */
    public Future<List<Letter>> deadLetters(
            DeadLetterQuery query, Optional<Place> before, int max, boolean withEvents) {
        Optional<DeadLetterStore.Place> from = before.map(Deliveries::letterPlace);
        return stored(letters.list(query, from, max, withEvents))
                .map(found -> found.stream()
                        .map(l -> new Letter(
                                l.letter(),
                                new Place(
                                        l.place().atMicros(),
                                        Long.toString(l.place().endpoint()),
                                        l.place().position())))
                        .toList());
    }

    private static DeadLetterStore.Place letterPlace(Place place) {
        try {
            return new DeadLetterStore.Place(place.micros(), Long.parseLong(place.id()), place.position());
        } catch (NumberFormatException e) {
            throw notOfThisList();
        }
    }

    /** How long dead letters are kept, in microseconds. */
    public long deadLetterMicros() {
        return config.deadLetterRetention().toMillis() * 1_000;
    }

    /** @param isCut whether there are more dead letters than were counted */
    public record Groups(List<DeadLetterGroup> groups, boolean isCut) {}

    /** Dead letters by endpoint and cause, most first. */
    public Future<Groups> groupDeadLetters(DeadLetterQuery query) {
        return stored(letters.groups(query, LETTERS_COUNTED_MAX, LETTER_GROUPS_MAX))
                .map(groups -> new Groups(
                        groups,
                        groups.stream().mapToLong(DeadLetterGroup::events).sum() >= LETTERS_COUNTED_MAX));
    }

    public Future<Long> countDeadLetters(DeadLetterQuery query) {
        return stored(letters.count(query));
    }

    // ---- replays ----

    /** @param matched dead letters that the replay set out with, or that match now */
    public record Replayed(long matched, Replay replay) {}

    /**
     * Starts a replay, or answers the one that was started the same way.
     *
     * @param filter the query as the caller encoded it
     * @param id empty for one that the server makes
     */
    public Future<Replayed> replay(String id, DeadLetterQuery query, byte[] filter, double perSecond) {
        if (!id.isEmpty() && !REPLAY_ID.matcher(id).matches()) {
            return Future.failedFuture(Failure.field("replay_id", "must be 1 to 64 characters of [A-Za-z0-9_.-]"));
        }
        String name = id.isEmpty() ? UuidCreator.getTimeOrderedEpoch().toString() : id;
        return stored(replays.get(name))
                .compose(there -> there.isPresent() ? Future.succeededFuture() : create(name, filter, perSecond))
                .compose(v -> stored(replays.get(name)))
                // None: one of this name is just being taken back, as its node has failed.
                .compose(there -> there.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(Failure.storeUnavailable(null))))
                .compose(there -> Arrays.equals(there.filter(), filter) && there.perSecond() == perSecond
                        ? stored(replays.mark(name, query))
                        : Future.failedFuture(Failure.exists(REPLAY, name)))
                .compose(v -> getReplay(name))
                .map(there -> new Replayed(there.total(), there));
    }

    private Future<Void> create(String id, byte[] filter, double perSecond) {
        return stored(replays.running())
                .compose(running -> running.size() < REPLAYS_MAX
                        ? stored(replays.create(id, filter, perSecond))
                        : Future.failedFuture(
                                Failure.of(Reason.LIMIT_REACHED, "there are as many running replays as allowed")
                                        .with("limit", REPLAYS_MAX)));
    }

    public Future<Replay> getReplay(String id) {
        if (!REPLAY_ID.matcher(id).matches()) {
            return Future.failedFuture(Failure.notFound(REPLAY, id));
        }
        return stored(replays.get(id))
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(Failure.notFound(REPLAY, id))));
    }

    /** Newest first, those older than {@code after}. */
    public Future<List<Replay>> listReplays(Optional<Replay.State> state, String after, int max) {
        return stored(replays.list(state.map(Enum::name).orElse(null), after.isEmpty() ? null : after, max));
    }

    public Future<Replay> cancelReplay(String id) {
        return getReplay(id).compose(there -> stored(replays.cancel(id))).compose(v -> {
            verticle.hint();
            return getReplay(id);
        });
    }

    private static <T> Future<T> stored(Future<T> query) {
        return query.recover(e -> Future.failedFuture(Failure.storeUnavailable(e)));
    }
}
