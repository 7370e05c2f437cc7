package io.eventsync.server.auth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An API token without its secret. */
public record ApiToken(
        String id,
        String displayName,
        List<Grant> grants,
        Optional<Instant> expires,
        Instant created,
        Optional<Instant> lastUsed) {
    public ApiToken {
        grants = List.copyOf(grants);
    }

    Principal principal() {
        return new Principal("token:" + displayName, Optional.of(id), new Grants(grants), expires);
    }
}
