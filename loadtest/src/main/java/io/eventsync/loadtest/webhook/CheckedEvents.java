package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.replay.FileEvents;
import io.eventsync.v1.Event;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The events of a run, and the tag prefixes that endpoints can be made for. */
final class CheckedEvents {

    private static final int TAGS = 40;
    private static final int KEYS = 500;
    private static final int PAYLOAD_LETTERS = 200;

    private CheckedEvents() {}

    /** Files, several times over if asked for, each time with other ids. */
    static List<Event> ofFiles(List<Path> files, int repeat, String run) {
        List<Event> once = FileEvents.readAll(files);
        List<Event> all = new ArrayList<>(once.size() * repeat);
        for (int turn = 0; turn < repeat; turn++) {
            for (Event event : once) {
                all.add(event.toBuilder()
                        .setId(run + "." + turn + "." + event.getId())
                        .setKey(event.getKey().isEmpty() ? event.getTag() : event.getKey())
                        .build());
            }
        }
        return all;
    }

    /** Made up: small ones in 40 tags, of 500 keys. */
    static List<Event> madeUp(int count, String run) {
        List<Event> events = new ArrayList<>(count);
        String padding = "x".repeat(PAYLOAD_LETTERS);
        for (int i = 0; i < count; i++) {
            int tag = i * 31 % TAGS;
            events.add(Event.newBuilder()
                    .setId(run + "-" + i)
                    .setTag(String.format(Locale.ROOT, "HOOK.T%02d.E%d", tag / 2, tag % 2))
                    .setKey("key-" + i * 17 % KEYS)
                    .setJson("{\"n\":" + i + ",\"data\":\"" + padding + "\"}")
                    .build());
        }
        return events;
    }

    /** Prefixes by how many events they match: the widest, then narrower ones, no two of which match the same. */
    static List<String> prefixes(List<Event> events, int count) {
        Map<String, Integer> matches = new HashMap<>();
        for (Event event : events) {
            String tag = event.getTag();
            for (int dot = tag.indexOf('.'); dot > 0; dot = tag.indexOf('.', dot + 1)) {
                matches.merge(tag.substring(0, dot), 1, Integer::sum);
            }
            matches.merge(tag, 1, Integer::sum);
        }
        List<String> sorted = new ArrayList<>(matches.keySet());
        sorted.sort(Comparator.<String>comparingInt(matches::get).reversed().thenComparing(prefix -> prefix));
        List<String> chosen = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String prefix : sorted) {
            // A prefix with a single tag below it matches what that tag does.
            String parent = prefix.contains(".") ? prefix.substring(0, prefix.lastIndexOf('.')) : "";
            boolean isSameAsParent = Objects.equals(matches.get(prefix), matches.get(parent));
            if (chosen.size() < count && !isSameAsParent && seen.add(prefix)) {
                chosen.add(prefix);
            }
        }
        for (int i = 0; chosen.size() < count; i++) {
            chosen.add(chosen.get(i));
        }
        return chosen;
    }
}
