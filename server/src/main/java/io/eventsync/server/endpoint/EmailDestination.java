package io.eventsync.server.endpoint;

import java.util.List;

/** One mail per event. Empty templates stand for the default ones. */
public record EmailDestination(List<String> to, String subjectTemplate, String bodyTemplate) implements Destination {
    public EmailDestination {
        to = List.copyOf(to);
    }

    @Override
    public String target() {
        return String.join(", ", to);
    }
}
