package io.eventsync.server.postgres;

import io.vertx.pgclient.PgConnectOptions;
import java.util.regex.Pattern;

/** The text of a Postgres URL: what is one, and what of it may be shown. */
final class DatabaseUrl {
    private static final Pattern SCHEME = Pattern.compile("(?i)postgres(ql)?://.*");
    // Up to the last "@", since a password may hold one; a host hidden too much is better than a password shown.
    private static final Pattern USER_PASSWORD = Pattern.compile("(://[^:@/?]*):.*@");
    private static final Pattern PASSWORD_PARAMETER = Pattern.compile("(?i)([?&][^=&]*password=)[^&]*");

    private DatabaseUrl() {}

    /** Whether the driver reads it. Its own complaint would show the password. */
    static boolean isReadable(String url) {
        if (!SCHEME.matcher(url).matches()) {
            return false;
        }
        try {
            PgConnectOptions.fromUri(url);
            return true;
        } catch (RuntimeException unreadable) {
            return false;
        }
    }

    static String mask(String url) {
        String withoutUserPassword = USER_PASSWORD.matcher(url).replaceFirst("$1:***@");
        return PASSWORD_PARAMETER.matcher(withoutUserPassword).replaceAll("$1***");
    }
}
