package io.eventsync.server.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * Who calls.
 *
 * @param name for people and the log, such as {@code token:billing}; empty where nobody is told apart
 * @param tokenId of an API token, which can be revoked
 * @param expires when the credentials end
 */
public record Principal(String name, Optional<String> tokenId, Grants grants, Optional<Instant> expires) {
    /** Of every caller where nobody is told apart. */
    public static final Principal ANYONE = new Principal("", Optional.empty(), Grants.EVERYTHING, Optional.empty());
}
