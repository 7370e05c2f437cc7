package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.Endpoints;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.tag.TagPrefix;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The open watches over attempts on this node. Any thread may call. */
public final class AttemptWatches {
    private static final int MAX = 1_000;
    private static final Duration RETRY_AFTER_DRAIN = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final AuditStore audit;
    private final EventLog log;
    private final AttemptCursors cursors;
    private final Endpoints endpoints;
    private final InstantSource clock;
    private final Duration ageMax;
    private final Set<AttemptWatch> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isDraining;

    /** @param ageMax after which a watch ends, so that its client looks for another node; zero for never */
    public AttemptWatches(
            Vertx vertx, Pool pool, EventLog log, Endpoints endpoints, InstantSource clock, Duration ageMax) {
        this.vertx = vertx;
        this.audit = new AuditStore(pool);
        this.log = log;
        this.endpoints = endpoints;
        this.clock = clock;
        this.ageMax = ageMax;
        this.cursors = new AttemptCursors(log.id());
    }

    /** Where a watch begins. */
    public sealed interface From {
        record After(long number) implements From {}

        record AtTime(Instant time) implements From {}

        record Beginning() implements From {}

        record Now() implements From {}
    }

    public record Request(
            Deliveries.AttemptQuery query, From from, int batchMax, Duration heartbeat, ExpiredPolicy onExpired) {}

    /** Opens a watch on the calling context; answers how to end it when its client is gone. */
    public Future<Runnable> open(Request request, AttemptSink sink) {
        if (isDraining) {
            return Future.failedFuture(draining());
        }
        if (open.size() >= MAX) {
            return Future.failedFuture(
                    Failure.of(Reason.LIMIT_REACHED, "there are as many watches on this node as allowed")
                            .with("limit", MAX));
        }
        return matching(request.query())
                .compose(matches -> start(request).map(start -> {
                    AttemptWatch watch = new AttemptWatch(
                            vertx,
                            vertx.getOrCreateContext(),
                            audit,
                            clock,
                            request,
                            matches,
                            sink,
                            start.number(),
                            ageMax,
                            open::remove);
                    open.add(watch);
                    watch.begin(start.earliestMicros());
                    if (isDraining) { // since the look above; whoever drains may have missed it
                        watch.drain(RETRY_AFTER_DRAIN);
                    }
                    return watch::gone;
                }));
    }

    private Future<Predicate<AttemptRow>> matching(Deliveries.AttemptQuery query) {
        Future<?> there = query.endpoint().isEmpty() ? Future.succeededFuture() : endpoints.get(query.endpoint());
        return there.compose(v -> query.eventId().isEmpty()
                        ? Future.succeededFuture(Optional.<Long>empty())
                        : log.byId(query.eventId()).map(found -> found.map(e -> e.position())))
                .map(position -> attempt -> matches(query, position, attempt));
    }

    private static boolean matches(Deliveries.AttemptQuery query, Optional<Long> position, AttemptRow attempt) {
        boolean isOfEvent = query.eventId().isEmpty()
                || attempt.eventId().equals(query.eventId())
                || position.filter(p -> attempt.batch().contains(p)).isPresent();
        boolean hasTag = query.tagPrefixes().isEmpty()
                || query.tagPrefixes().stream().anyMatch(p -> new TagPrefix(p).matches(attempt.tag()));
        Instant at = Instant.ofEpochSecond(
                Math.floorDiv(attempt.atMicros(), 1_000_000L), Math.floorMod(attempt.atMicros(), 1_000_000L) * 1_000);
        return isOfEvent
                && hasTag
                && (query.endpoint().isEmpty() || query.endpoint().equals(attempt.endpoint()))
                && (query.outcomes().isEmpty() || query.outcomes().contains(attempt.outcome()))
                && (query.from() == null || !at.isBefore(query.from()))
                && (query.to() == null || at.isBefore(query.to()));
    }

    /** @param earliestMicros set if retention took the place and the watch goes on later */
    private record Start(long number, Optional<Long> earliestMicros) {}

    private Future<Start> start(Request request) {
        return audit.closedRange()
                .compose(range -> {
                    long before = range.first() == 0 ? range.last() : range.first() - 1;
                    if (request.from() instanceof From.After after) {
                        return after(after.number(), range, request.onExpired());
                    } else if (request.from() instanceof From.AtTime at) {
                        return audit.closedBefore(at.time()).map(n -> new Start(n, Optional.empty()));
                    } else if (request.from() instanceof From.Now) {
                        return Future.succeededFuture(new Start(Math.max(range.last(), before), Optional.empty()));
                    }
                    return Future.succeededFuture(new Start(before, Optional.empty()));
                })
                .recover(e -> Future.failedFuture(Failure.storeUnavailable(e)));
    }

    private Future<Start> after(long number, AuditStore.Range range, ExpiredPolicy onExpired) {
        if (number > range.given()) {
            return Future.failedFuture(
                    Failure.of(Reason.CURSOR_AHEAD, "no attempt was finished as late as the cursor says"));
        }
        boolean isExpired = range.first() > 0 && number < range.first() - 1;
        if (!isExpired) {
            return Future.succeededFuture(new Start(number, Optional.empty()));
        }
        if (onExpired == ExpiredPolicy.ERROR) {
            return Future.failedFuture(
                    Failure.of(Reason.CURSOR_EXPIRED, "retention has removed attempts after this cursor")
                            .with("earliest_cursor", cursors.encode(range.first() - 1)));
        }
        return audit.closedAfter(range.first() - 1, 1)
                .map(rows ->
                        new Start(range.first() - 1, Optional.of(rows.isEmpty() ? 0L : earliestMicros(rows.get(0)))));
    }

    private static long earliestMicros(AuditStore.Closed first) {
        return first.attempt().map(AttemptRow::atMicros).orElse(first.closedMicros());
    }

    static Failure draining() {
        return Failure.of(Reason.DRAINING, "this node is shutting down").retryAfter(RETRY_AFTER_DRAIN);
    }

    /** Ends all watches; their clients go on elsewhere. */
    public void drain() {
        isDraining = true;
        for (AttemptWatch watch : List.copyOf(open)) {
            Context context = watch.context();
            context.runOnContext(v -> watch.drain(RETRY_AFTER_DRAIN));
        }
    }
}
