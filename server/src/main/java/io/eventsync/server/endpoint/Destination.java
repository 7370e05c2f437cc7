package io.eventsync.server.endpoint;

/** Where an endpoint's events go to. Its secrets are kept apart, in {@link DestinationSecrets}. */
public sealed interface Destination permits WebhookDestination, EmailDestination {
    /** For people: the URL, or the addresses joined by commas. */
    String target();
}
