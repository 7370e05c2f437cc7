package io.eventsync.loadtest.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of an entry's values, in order. */
final class Columns {

    static final List<String> FIXED = List.of("time", "level", "service", "tag", "message", "user_id", "session_token");

    private Columns() {}

    static List<String> with(Set<String> fields) {
        List<String> names = new ArrayList<>(FIXED);
        names.addAll(fields);
        return names;
    }

    static Map<String, String> of(LogEntry entry) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("time", entry.time().toString());
        values.put("level", entry.level().name());
        values.put("service", entry.service());
        values.put("tag", entry.tag());
        values.put("message", entry.message());
        values.put("user_id", entry.user());
        values.put("session_token", entry.session());
        values.putAll(entry.fields());
        return values;
    }
}
