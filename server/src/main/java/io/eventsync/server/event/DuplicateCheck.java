package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares events with those of the same id that the log has: the same content is a retry, other content a mistake. */
final class DuplicateCheck {
    private final ReadStore store;

    DuplicateCheck(ReadStore store) {
        this.store = store;
    }

    /**
     * Resolves the events at these indexes from what stands at these positions.
     *
     * @return fails with EVENT_ID_REUSED if one differs
     */
    Future<Void> resolve(AppendRequest request, Map<Integer, Long> suspects) {
        return store.at(suspects.values().toArray(Long[]::new)).compose(rows -> {
            Map<Long, ReadStore.StoredRow> byPosition = index(rows);
            for (Map.Entry<Integer, Long> suspect : suspects.entrySet()) {
                int index = suspect.getKey();
                NewEvent event = request.events().get(index);
                ReadStore.StoredRow stored = byPosition.get(suspect.getValue());
                if (stored == null || !stored.id().equals(event.id())) {
                    // Retention took it a moment ago, or two ids have one hash in memory: neither lasts, so a retry
                    // will do.
                    return Future.failedFuture(Failure.storeUnavailable(null));
                }
                if (!stored.tag().equals(event.tag()) || !StoredBody.sameContent(stored.body(), event.body())) {
                    return Future.failedFuture(
                            Failure.of(Reason.EVENT_ID_REUSED, "the log has an event with this id and other content")
                                    .with("id", event.id())
                                    .with("position", stored.position())
                                    .with("index", index));
                }
                request.resolve(index, new Appended(event.id(), stored.position(), stored.ingestMicros(), true));
            }
            return Future.succeededFuture();
        });
    }

    private static Map<Long, ReadStore.StoredRow> index(List<ReadStore.StoredRow> rows) {
        Map<Long, ReadStore.StoredRow> byPosition = new HashMap<>();
        for (ReadStore.StoredRow row : rows) {
            byPosition.put(row.position(), row);
        }
        return byPosition;
    }
}
