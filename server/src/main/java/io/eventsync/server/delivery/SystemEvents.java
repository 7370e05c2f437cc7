package io.eventsync.server.delivery;

import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.NewEvent;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.upkeep.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the server's own events into the log. They are recorded together with what they tell of, and go on from there: none is lost when
 * a node dies, and their ids make two nodes doing it the same as one. One that the log does not take stays, is passed over, and is tried
 * again each time around.
 */
final class SystemEvents {
    private static final Logger LOG = LoggerFactory.getLogger(SystemEvents.class);
    /** For those that a node left that died: its own are told by {@link #wake}. */
    private static final long ROUND_MILLIS = 5_000;

    private static final int MAX = 500;
    /** Another event may be taken all the same. What else an append fails with holds for all. */
    private static final Set<Reason> OF_ONE = Set.of(Reason.LIMIT_REACHED, Reason.EVENT_ID_REUSED);

    private final SystemEventStore store;
    private final EventLog log;
    private final Upkeep round;
    private boolean isBusy;
    private SystemEventStore.Place after = SystemEventStore.Place.BEGINNING;
    private boolean someStay;
    private boolean someStayed;

    SystemEvents(Vertx vertx, Pool pool, EventLog log) {
        this.store = new SystemEventStore(pool);
        this.log = log;
        this.round = new Upkeep(vertx, "system events", ROUND_MILLIS, this::drain);
    }

    void start() {
        round.start();
    }

    /** There are some now. */
    void wake() {
        Object unused = drain();
    }

    private Future<Boolean> drain() {
        if (isBusy) {
            return Future.succeededFuture(false);
        }
        isBusy = true;
        return store.next(after, MAX)
                .compose(page -> take(page.events()).map(v -> goOn(page)))
                .onFailure(e -> after = SystemEventStore.Place.BEGINNING)
                .onComplete(v -> isBusy = false);
    }

    /** Answers whether there may be more after this page; else the next time around begins at the oldest. */
    private boolean goOn(SystemEventStore.Page page) {
        if (page.events().size() == MAX) {
            after = page.end();
            return true;
        }
        after = SystemEventStore.Place.BEGINNING;
        if (someStayed && !someStay) {
            LOG.info("system events are all in the log again");
        }
        someStayed = someStay;
        someStay = false;
        return false;
    }

    private Future<Void> take(List<SystemEvent> events) {
        if (events.isEmpty()) {
            return Future.succeededFuture();
        }
        return append(events)
                .recover(e -> !isOfOne(e)
                        ? Future.failedFuture(e)
                        : events.size() > 1 ? takeEach(events) : stay(events.get(0), e));
    }

    private Future<Void> takeEach(List<SystemEvent> events) {
        Future<Void> done = Future.succeededFuture();
        for (SystemEvent event : events) {
            done = done.compose(v -> take(List.of(event)));
        }
        return done;
    }

    private Future<Void> append(List<SystemEvent> events) {
        List<NewEvent> made = events.stream()
                .map(e -> NewEvent.json(e.id(), e.tag(), e.key(), e.message(), e.json()))
                .toList();
        return log.append(made).compose(v -> store.delete(events));
    }

    private static boolean isOfOne(Throwable cause) {
        return cause instanceof Failure failure && OF_ONE.contains(failure.reason());
    }

    private Future<Void> stay(SystemEvent event, Throwable cause) {
        if (!someStay && !someStayed) {
            LOG.warn(
                    "system event not taken by the log id={} tag={} cause={} next=others, then again every_ms={}",
                    event.id(),
                    event.tag(),
                    cause.getMessage(),
                    ROUND_MILLIS);
        }
        someStay = true;
        return Future.succeededFuture();
    }

    void close() {
        round.close();
    }
}
