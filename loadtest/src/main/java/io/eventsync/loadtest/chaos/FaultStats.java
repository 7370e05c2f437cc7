package io.eventsync.loadtest.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a kind of fault did, over all its times.
 *
 * @param readyMillis from its end until all servers answered
 * @param workingMillis from its end until an event was acknowledged, and all servers answered
 * @param silentMillis the longest time without an acknowledgement, its own time included
 */
record FaultStats(FaultKind kind, List<Long> readyMillis, List<Long> workingMillis, List<Long> silentMillis) {

    static FaultStats of(FaultKind kind) {
        return new FaultStats(kind, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    void add(long ready, long working, long silent) {
        readyMillis.add(ready);
        workingMillis.add(working);
        silentMillis.add(silent);
    }

    Map<String, Object> describe() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("fault", kind.label());
        row.put("times", readyMillis.size());
        row.put("ready_ms", median(readyMillis));
        row.put("ready_ms_max", max(readyMillis));
        row.put("working_ms", median(workingMillis));
        row.put("working_ms_max", max(workingMillis));
        row.put("silent_ms_max", max(silentMillis));
        return row;
    }

    private static long median(List<Long> values) {
        return values.isEmpty() ? 0 : values.stream().sorted().toList().get(values.size() / 2);
    }

    private static long max(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).max().orElse(0);
    }
}
