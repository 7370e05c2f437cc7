package io.eventsync.loadtest.receiver;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an endpoint has been sent.
 *
 * @param endpoint its name
 * @param mode its mode
 * @param received requests, whatever they were told
 * @param events events in them that have an id and, if there is a secret, a good signature
 * @param distinct ids among the events
 * @param accepted ids that were answered 2xx at least once; not with an answer that never ends or breaks off
 * @param duplicates events that came again after they had been accepted
 * @param repeats events that came again after they had not been accepted
 * @param bodyMismatches events that came again with other bytes
 * @param orderInversions events whose predecessor by cursor came first after them
 * @param startedEarly events that came first when their predecessor had come, but was not accepted
 * @param chainGaps predecessors that never came, but for the one before the first event
 * @param badSignatures requests answered 401
 * @param withoutId requests that have no {@code webhook-id} and are no batch
 * @param replays requests with {@code eventsync-replay}
 * @param untracked events beyond the number of ids that an endpoint keeps, or with an id that is too long
 * @param answers requests by the status code they were answered, 0 for none
 */
public record EndpointCounts(
        String endpoint,
        String mode,
        long received,
        long events,
        long distinct,
        long accepted,
        long duplicates,
        long repeats,
        long bodyMismatches,
        long orderInversions,
        long startedEarly,
        long chainGaps,
        long badSignatures,
        long withoutId,
        long replays,
        long untracked,
        Map<Integer, Long> answers) {

    JsonObject toJson() {
        Map<String, Long> byStatus = new LinkedHashMap<>();
        answers.forEach((status, count) -> byStatus.put(status.toString(), count));
        return new JsonObject()
                .put("endpoint", endpoint)
                .put("mode", mode)
                .put("received", received)
                .put("events", events)
                .put("distinct", distinct)
                .put("accepted", accepted)
                .put("duplicates", duplicates)
                .put("repeats", repeats)
                .put("bodyMismatches", bodyMismatches)
                .put("orderInversions", orderInversions)
                .put("startedEarly", startedEarly)
                .put("chainGaps", chainGaps)
                .put("badSignatures", badSignatures)
                .put("withoutId", withoutId)
                .put("replays", replays)
                .put("untracked", untracked)
                .put("answers", byStatus);
    }
}
