package io.eventsync.server.postgres;

import java.util.regex.Pattern;

/** The text of a Postgres URL: what is one, and what of it may be shown. */
final class DatabaseUrl {
    private static final Pattern SCHEME = Pattern.compile("(?i)postgres(ql)?://.*");
    // Up to the last "@", since a password may hold one; a host hidden too much is better than a password shown.
    private static final Pattern USER_PASSWORD = Pattern.compile("(://[^:@/?]*):.*@");
    private static final Pattern PASSWORD_PARAMETER = Pattern.compile("(?i)([?&][^=&]*password=)[^&]*");

    private DatabaseUrl() {}

    static boolean hasScheme(String url) {
        return SCHEME.matcher(url).matches();
    }

    static String mask(String url) {
        String withoutUserPassword = USER_PASSWORD.matcher(url).replaceFirst("$1:***@");
        return PASSWORD_PARAMETER.matcher(withoutUserPassword).replaceAll("$1***");
    }
}
