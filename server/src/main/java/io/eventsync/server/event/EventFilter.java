package io.eventsync.server.event;

import io.eventsync.server.tag.TagPrefix;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which events a reader wants: (any of {@code include}) and none of {@code exclude} and (any of {@code keys}) and all attributes. */
public record EventFilter(
        List<TagPrefix> include, List<TagPrefix> exclude, Set<String> keys, Map<String, String> attributes) {
    public static final EventFilter ALL = new EventFilter(List.of(), List.of(), Set.of(), Map.of());

    public EventFilter {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
        keys = Set.copyOf(keys);
        attributes = Map.copyOf(attributes);
    }

    public boolean matches(LogEvent event) {
        return matchesTag(event.tag()) && matchesBody(event);
    }

    public boolean matchesTag(String tag) {
        return (include.isEmpty() || matchesAny(include, tag)) && !matchesAny(exclude, tag);
    }

    public boolean matchesBody(LogEvent event) {
        if (!keys.isEmpty() && !keys.contains(event.key())) {
            return false;
        }
        return attributes.isEmpty() || event.attributes().entrySet().containsAll(attributes.entrySet());
    }

    /** Whether every event with a matching tag matches. */
    public boolean isByTagOnly() {
        return keys.isEmpty() && attributes.isEmpty();
    }

    public boolean isAllTags() {
        return include.isEmpty() && exclude.isEmpty();
    }

    private static boolean matchesAny(List<TagPrefix> prefixes, String tag) {
        for (TagPrefix prefix : prefixes) {
            if (prefix.matches(tag)) {
                return true;
            }
        }
        return false;
    }
}
