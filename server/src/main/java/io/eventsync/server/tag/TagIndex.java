package io.eventsync.server.tag;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the values whose prefixes match a tag, at a cost that depends on the tag's segments and not on how many values there are.
 * Not thread-safe: each event loop has its own.
 */
public final class TagIndex<V> {
    private static final String EVERYTHING = "";

    private final Map<String, List<V>> byPrefix = new HashMap<>();

    /** Adds a value under its prefixes; none means every tag. */
    public void add(List<TagPrefix> prefixes, V value) {
        if (prefixes.isEmpty()) {
            put(EVERYTHING, value);
        }
        for (TagPrefix prefix : prefixes) {
            put(prefix.text(), value);
        }
    }

    private void put(String prefix, V value) {
        byPrefix.computeIfAbsent(prefix, p -> new ArrayList<>()).add(value);
    }

    public void remove(List<TagPrefix> prefixes, V value) {
        if (prefixes.isEmpty()) {
            take(EVERYTHING, value);
        }
        for (TagPrefix prefix : prefixes) {
            take(prefix.text(), value);
        }
    }

    private void take(String prefix, V value) {
        List<V> values = byPrefix.get(prefix);
        if (values != null && values.remove(value) && values.isEmpty()) {
            byPrefix.remove(prefix);
        }
    }

    /** Every value with a prefix that matches, each once, also when several of its prefixes do. */
    public List<V> match(String tag) {
        Set<V> found = Collections.newSetFromMap(new IdentityHashMap<>());
        collect(EVERYTHING, found);
        for (int dot = tag.indexOf('.'); dot >= 0; dot = tag.indexOf('.', dot + 1)) {
            collect(tag.substring(0, dot), found);
        }
        collect(tag, found);
        return List.copyOf(found);
    }

    private void collect(String prefix, Set<V> found) {
        List<V> values = byPrefix.get(prefix);
        if (values != null) {
            found.addAll(values);
        }
    }
}
