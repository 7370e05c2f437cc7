package io.eventsync.client.webhook;

import io.vertx.core.Future;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Forgets what was not asked for or added for longest. */
final class MemorySeenStore implements SeenStore {
    private static final int ENDPOINTS_MAX = 10_000;

    private final Map<String, Boolean> seen;
    private final Map<String, String> cursors = recent(ENDPOINTS_MAX);

    MemorySeenStore(int idsMax) {
        if (idsMax < 1) {
            throw new IllegalArgumentException("idsMax: 1 or more, not " + idsMax);
        }
        this.seen = recent(idsMax);
    }

    @Override
    public Future<Optional<String>> cursor(String endpoint) {
        return Future.succeededFuture(Optional.ofNullable(cursors.get(endpoint)));
    }

    @Override
    public Future<Boolean> isSeen(String endpoint, String webhookId) {
        return Future.succeededFuture(seen.get(key(endpoint, webhookId)) != null);
    }

    @Override
    public Future<Void> add(ReceivedEvent event) {
        seen.put(key(event.endpoint(), event.webhookId()), true);
        return event.cursor().isEmpty() || !event.replay().isEmpty()
                ? Future.succeededFuture()
                : move(event.endpoint(), event.cursor());
    }

    @Override
    public Future<Void> move(String endpoint, String cursor) {
        cursors.put(endpoint, cursor);
        return Future.succeededFuture();
    }

    private static String key(String endpoint, String webhookId) {
        return endpoint + " " + webhookId;
    }

    private static <V> Map<String, V> recent(int max) {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > max;
            }
        });
    }
}
