package io.eventsync.server.compat;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.server.upkeep.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The background work of the older file service: now and then all file events up to the head count as processed, and it is written down when.
 * A cursor like any other: what lies at or before it is processed.
 */
public final class Processed {
    private static final EventFilter FILES =
            new EventFilter(List.of(new TagPrefix(FileEventRoutes.TAG)), List.of(), Set.of(), Map.of());

    private final EventLog log;
    private final ProcessedStore store;
    private final Upkeep round;
    private long seen;

    public Processed(Vertx vertx, Pool pool, EventLog log, CompatConfig config) {
        this.log = log;
        this.store = new ProcessedStore(pool);
        this.round = new Upkeep(
                vertx,
                "file events",
                config.processInterval().toMillis(),
                () -> process().map(v -> false));
    }

    public void start() {
        round.start();
    }

    public void close() {
        round.close();
    }

    /** A log without new file events costs no write. */
    private Future<Void> process() {
        long head = log.head().position();
        if (head == seen) {
            return Future.succeededFuture();
        }
        return store.through()
                .compose(through -> through >= head ? Future.succeededFuture(0L) : log.count(through, head, FILES))
                .compose(files -> files == 0
                        ? Future.<Void>succeededFuture()
                        : store.mark(head).compose(v -> store.forget()))
                .onSuccess(v -> seen = head);
    }

    Future<Long> through() {
        return stored(store.through());
    }

    Future<List<Optional<Instant>>> times(List<Long> positions) {
        return stored(store.times(positions));
    }

    private static <T> Future<T> stored(Future<T> query) {
        return query.recover(e -> Future.failedFuture(Failure.storeUnavailable(e)));
    }
}
