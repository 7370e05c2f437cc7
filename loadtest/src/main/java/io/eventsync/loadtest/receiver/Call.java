package io.eventsync.loadtest.receiver;

import java.util.Collections;
import java.util.List;

/**
 * What a mode may look at.
 *
 * @param id the request's {@code webhook-id}, or empty
 * @param attempt the request's {@code eventsync-attempt}, else how often the id has come, this time included
 * @param events one, or those of the batch
 * @param receivedBefore for each event, how often it came before
 * @param elapsedMillis since the endpoint got its mode
 * @param seed for choices by chance
 */
record Call(
        String id,
        int attempt,
        boolean isBatch,
        List<ReceivedEvent> events,
        List<Integer> receivedBefore,
        long elapsedMillis,
        long seed) {

    int fewestReceivedBefore() {
        return receivedBefore.isEmpty() ? 0 : Collections.min(receivedBefore);
    }
}
