package io.eventsync.client.webhook;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * What a receiver remembers of each endpoint: which events it has handled, and its place in the log. Ids have to be kept for as long as
 * repetitions may come: at least as long as the retry policy, better as long as dead letters are kept.
 */
public interface SeenStore {
    /** Where the endpoint is; empty before its first event. */
    Future<Optional<String>> cursor(String endpoint);

    /** Whether the event was handled. */
    Future<Boolean> isSeen(String endpoint, String webhookId);

    /** The event was handled. Moves the cursor to it, unless it has none or was asked for again. May be told again. */
    Future<Void> add(ReceivedEvent event);

    /** Everything up to this cursor was handled. */
    Future<Void> move(String endpoint, String cursor);

    /**
     * In this process's memory, so empty after a restart.
     *
     * @param idsMax how many ids are kept, the latest; 1 or more. About 200 bytes each
     */
    static SeenStore memory(int idsMax) {
        return new MemorySeenStore(idsMax);
    }
}
