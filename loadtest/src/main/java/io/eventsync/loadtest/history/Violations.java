package io.eventsync.loadtest.history;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects violations, and only counts those past a readable number of each property: a broken run has millions. */
final class Violations {

    private static final int LISTED_PER_PROPERTY_MAX = 20;

    private final List<Violation> listed = new ArrayList<>();
    private final Map<Property, Long> counts = new EnumMap<>(Property.class);

    void add(Property property, String where, long position, String detail) {
        long count = counts.merge(property, 1L, Long::sum);
        if (count <= LISTED_PER_PROPERTY_MAX) {
            listed.add(new Violation(property, where, position, detail));
        }
    }

    List<Violation> list() {
        List<Violation> all = new ArrayList<>(listed);
        counts.forEach((property, count) -> {
            if (count > LISTED_PER_PROPERTY_MAX) {
                all.add(new Violation(
                        property, "all", 0, (count - LISTED_PER_PROPERTY_MAX) + " more of the same kind"));
            }
        });
        return List.copyOf(all);
    }
}
