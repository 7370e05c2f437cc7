package io.eventsync.server.consumer;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Rules of the named cursors: create once, never backwards unless sought, delete. */
public final class Consumers {
    private static final String TYPE = "eventsync.v1/Consumer";
    private static final int MAX = 100_000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final ConsumerStore store;

    public Consumers(Pool pool) {
        this.store = new ConsumerStore(pool);
    }

    /** Creates a consumer, or answers the one that was created the same way. */
    public Future<Consumer> create(String name, byte[] filter, LogPoint point) {
        if (!NAME.matcher(name).matches()) {
            return Future.failedFuture(Failure.field("consumer.name", "must be 1 to 64 characters of [A-Za-z0-9_.-]"));
        }
        return stored(store.count())
                .compose(count -> count >= MAX
                        ? Future.failedFuture(Failure.of(Reason.LIMIT_REACHED, "there are as many consumers as allowed")
                                .with("limit", MAX))
                        : stored(store.insert(name, filter, point)))
                .compose(made -> made.isPresent() ? Future.succeededFuture(made.get()) : same(name, filter));
    }

    private Future<Consumer> same(String name, byte[] filter) {
        return get(name)
                .compose(there -> Arrays.equals(there.filter(), filter)
                        ? Future.succeededFuture(there)
                        : Future.failedFuture(Failure.exists(TYPE, name)));
    }

    public Future<Consumer> get(String name) {
        return named(name, () -> store.get(name)).compose(found -> present(found, name));
    }

    /** In the order of the names, those after {@code after}. */
    public Future<List<Consumer>> list(String after, int max) {
        return stored(store.list(after, max));
    }

    /** @param version the expected one, or 0 for any */
    public Future<Void> delete(String name, long version) {
        return named(name, () -> store.delete(name, version))
                .compose(gone -> gone
                        ? Future.succeededFuture()
                        : get(name)
                                .compose(changed -> Future.failedFuture(Failure.of(
                                        Reason.ETAG_MISMATCH, "the consumer changed since the etag was read"))));
    }

    /** Moves a consumer forward; the place it has already is accepted. */
    public Future<Consumer> commit(String name, LogPoint point) {
        return named(name, () -> store.commit(name, point))
                .compose(moved -> moved.isPresent()
                        ? Future.succeededFuture(moved.get())
                        : get(name)
                                .compose(there -> Future.failedFuture(Failure.of(
                                                Reason.CURSOR_BACKWARDS,
                                                "the consumer is further on; to move it back, seek")
                                        .with("position", there.point().position()))));
    }

    /** Moves a consumer anywhere. */
    public Future<Consumer> seek(String name, LogPoint point) {
        return named(name, () -> store.seek(name, point)).compose(moved -> present(moved, name));
    }

    private static Future<Consumer> present(Optional<Consumer> found, String name) {
        return found.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(Failure.notFound(TYPE, name)));
    }

    /** Under other names no consumer was ever created, and Postgres cannot be asked for all of them. */
    private static <T> Future<T> named(String name, Supplier<Future<T>> query) {
        return NAME.matcher(name).matches() ? stored(query.get()) : Future.failedFuture(Failure.notFound(TYPE, name));
    }

    private static <T> Future<T> stored(Future<T> query) {
        return query.recover(e -> Future.failedFuture(Failure.storeUnavailable(e)));
    }
}
