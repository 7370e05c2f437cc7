package io.eventsync.loadtest.webhook;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of one endpoint's events.
 *
 * @param requests that the receiver saw
 * @param unknown attempts whose end nobody saw
 * @param duplicates events accepted again
 */
record EndpointReport(
        String endpoint,
        String prefix,
        long events,
        long accepted,
        long deadLetters,
        long lost,
        long requests,
        long attempts,
        long unknown,
        long duplicates,
        long inversions,
        long startedEarly) {

    Map<String, Object> describe() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("endpoint", endpoint);
        row.put("prefix", prefix);
        row.put("events", events);
        row.put("accepted", accepted);
        row.put("dead", deadLetters);
        row.put("lost", lost);
        row.put("requests", requests);
        row.put("attempts", attempts);
        row.put("unknown", unknown);
        row.put("duplicates", duplicates);
        row.put("inversions", inversions);
        row.put("early", startedEarly);
        return row;
    }
}
