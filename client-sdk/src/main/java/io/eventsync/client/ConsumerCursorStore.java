package io.eventsync.client;

import io.eventsync.client.internal.Awaiting;
import io.eventsync.client.internal.Place;
import io.eventsync.v1.Consumer;
import io.eventsync.v1.Reason;
import io.eventsync.v1.Start;
import io.vertx.core.Future;
import java.util.Optional;

/** Named consumers of the server as a store. */
final class ConsumerCursorStore implements CursorStore {
    private final EventSyncClient client;

    ConsumerCursorStore(EventSyncClient client) {
        this.client = client;
    }

    @Override
    public Optional<String> load(String name) {
        return Awaiting.result(client.consumer(name)
                .get()
                .map(consumer -> Optional.of(consumer.getCursor()))
                .recover(failure -> isMissing(failure) ? Future.succeededFuture(Optional.empty()) : failed(failure)));
    }

    @Override
    public void save(String name, String cursor) {
        NamedConsumer consumer = client.consumer(name);
        String whole = Place.parse(cursor).cursor();
        Consumer saved = Awaiting.result(consumer.commit(whole)
                .recover(failure -> isMissing(failure)
                        ? consumer.create(Start.newBuilder().setCursor(whole).build())
                        : failed(failure)));
        if (saved.getName().isEmpty()) {
            throw new IllegalStateException("consumer " + name + " was not answered");
        }
    }

    private static boolean isMissing(Throwable failure) {
        return failure instanceof EventSyncException e && e.reason() == Reason.REASON_RESOURCE_NOT_FOUND;
    }

    private static <T> Future<T> failed(Throwable failure) {
        return Future.failedFuture(failure);
    }
}
