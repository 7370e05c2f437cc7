package io.eventsync.client.internal.publish;

import io.eventsync.v1.Event;
import java.util.List;

/** Events that travel as one. Each is its own: two of the same events are two. */
final class Append {
    private final List<Entry> entries;

    Append(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    List<Entry> entries() {
        return entries;
    }

    int size() {
        return entries.size();
    }

    List<Event> events() {
        return entries.stream().map(Entry::event).toList();
    }
}
