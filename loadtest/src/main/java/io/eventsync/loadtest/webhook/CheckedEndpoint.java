package io.eventsync.loadtest.webhook;

import io.eventsync.v1.Ordering;

/** An endpoint under check: which events it is to get, in which order. */
record CheckedEndpoint(String name, String prefix, Ordering ordering) {

    boolean matches(String tag) {
        return tag.equals(prefix) || tag.startsWith(prefix + ".");
    }
}
