package io.eventsync.loadtest.replay;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of the events; the sending thread and the event loop both write here. */
final class ReplayTally {

    private static final int EXAMPLES_MAX = 5;

    private final Map<String, Long> rejected = new TreeMap<>();
    private final Map<String, String> examples = new LinkedHashMap<>();
    private long sent;
    private long acknowledged;
    private long deduplicated;

    synchronized void sent(long events) {
        sent += events;
    }

    synchronized void acknowledged(long events, long duplicates) {
        acknowledged += events;
        deduplicated += duplicates;
    }

    synchronized void rejected(String reason, String what, String why) {
        rejected.merge(reason, 1L, Long::sum);
        if (examples.size() < EXAMPLES_MAX) {
            examples.put(what, reason + ": " + why);
        }
    }

    synchronized boolean isAllAcknowledged() {
        return rejected.isEmpty() && acknowledged == sent;
    }

    synchronized Map<String, Object> describe(double seconds) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("sent", sent);
        result.put("acknowledged", acknowledged);
        result.put("deduplicated", deduplicated);
        result.put(
                "rejected",
                rejected.values().stream().mapToLong(Long::longValue).sum());
        result.put("rejected_by_reason", new TreeMap<>(rejected));
        result.put("examples", new LinkedHashMap<>(examples));
        result.put("seconds", Math.round(seconds * 1_000) / 1_000.0);
        result.put("events_per_s", seconds > 0 ? Math.round(acknowledged / seconds) : 0);
        return result;
    }
}
