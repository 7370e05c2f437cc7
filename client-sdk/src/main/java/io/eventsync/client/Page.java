package io.eventsync.client;

import io.eventsync.v1.Event;
import java.util.List;

/**
 * Some events, and the cursors around them.
 *
 * @param events in position order, at least one
 * @param from the cursor that reading went on from: that of the page before, or the one that was loaded; empty on a first page that began
 *     without one
 * @param cursor the place right after the last event; keep it with what the events did
 */
public record Page(List<Event> events, String from, String cursor) {
    public Page {
        events = List.copyOf(events);
    }
}
