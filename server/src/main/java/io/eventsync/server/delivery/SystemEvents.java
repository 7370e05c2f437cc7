package io.eventsync.server.delivery;

import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.NewEvent;
import io.eventsync.server.upkeep.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.List;

/**
 * Puts the server's own events into the log. They are recorded together with what they tell of, and go on from there: none is lost when
 * a node dies, and their ids make two nodes doing it the same as one.
 */
final class SystemEvents {
    /** For those that a node left that died: its own are told by {@link #wake}. */
    private static final long ROUND_MILLIS = 5_000;

    private static final int MAX = 500;

    private final SystemEventStore store;
    private final EventLog log;
    private final Upkeep round;
    private boolean isBusy;

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
        return store.next(MAX)
                .compose(events -> events.isEmpty() ? Future.succeededFuture(false) : append(events))
                .onComplete(v -> isBusy = false);
    }

    private Future<Boolean> append(List<SystemEvent> events) {
        List<NewEvent> made = events.stream()
                .map(e -> NewEvent.json(e.id(), e.tag(), e.key(), e.message(), e.json()))
                .toList();
        return log.append(made).compose(v -> store.delete(events)).map(v -> events.size() == MAX);
    }

    void close() {
        round.close();
    }
}
