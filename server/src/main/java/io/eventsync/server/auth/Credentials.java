package io.eventsync.server.auth;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller shows.
 *
 * @param secret an API token or a JWT
 * @param certificateName common name of the certificate that the connection was made with, where it was checked
 */
public record Credentials(Optional<String> secret, Optional<String> certificateName) {
    private static final int LENGTH_MAX = 8_192;

    /**
     * Reads an {@code authorization} header: {@code Bearer <secret>}, or {@code Basic} with the secret as password, which is what a browser
     * can send with every request of a page.
     */
    public static Credentials of(@Nullable String authorization, Optional<String> certificateName) {
        if (authorization == null) {
            return new Credentials(Optional.empty(), certificateName);
        }
        if (authorization.length() > LENGTH_MAX) {
            throw refused("the authorization header has more than " + LENGTH_MAX + " characters");
        }
        int space = authorization.indexOf(' ');
        String scheme = space < 0 ? authorization : authorization.substring(0, space);
        String rest = space < 0 ? "" : authorization.substring(space + 1).strip();
        String secret = switch (scheme.toLowerCase(Locale.ROOT)) {
            case "bearer" -> rest;
            case "basic" -> password(rest);
            default -> throw refused("the authorization scheme is not Bearer");
        };
        if (secret.isEmpty()) {
            throw refused("the authorization header has no token");
        }
        return new Credentials(Optional.of(secret), certificateName);
    }

    private static String password(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException notBase64) {
            throw refused("the authorization header is not base64");
        }
    }

    static Failure refused(String why) {
        return Failure.of(Reason.UNAUTHENTICATED, why);
    }

    /** Says nothing of what is secret. */
    @Override
    public String toString() {
        return "Credentials[certificateName=" + certificateName + "]";
    }
}
