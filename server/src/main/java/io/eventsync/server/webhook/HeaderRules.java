package io.eventsync.server.webhook;

import io.eventsync.server.failure.Failure;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers an operator may add to the requests of an endpoint. */
public final class HeaderRules {
    static final int HEADERS_MAX = 10;
    static final int HEADER_CHARS_MAX = 4 << 10;

    private static final int SHOWN_CHARS_MAX = 64;
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    /** Ours, or of one connection (RFC 9110 7.6.1), or such as to change how the request is sent. */
    private static final Set<String> RESERVED = Set.of(
            "authorization",
            "connection",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "te",
            "traceparent",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "user-agent");

    private static final List<String> RESERVED_PREFIXES =
            List.of("content-", "webhook-", "eventsync-", "ce-", "proxy-");

    private HeaderRules() {}

    /** Fails with FIELD_INVALID for {@code field}, naming the header. */
    public static void requireValid(String field, Map<String, String> headers) {
        if (headers.size() > HEADERS_MAX) {
            throw Failure.field(field, "has " + headers.size() + " entries, at most " + HEADERS_MAX + " are allowed");
        }
        Set<String> names = new HashSet<>();
        headers.forEach((name, value) -> {
            requireName(field, name);
            requireValue(field, name, value);
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw Failure.field(field, "has " + shown(name) + " twice: the case of a name says nothing");
            }
        });
    }

    private static void requireName(String field, String name) {
        if (!isToken(name)) {
            throw Failure.field(field, shown(name) + " is not the name of a header (RFC 9110, token)");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (RESERVED.contains(lower) || RESERVED_PREFIXES.stream().anyMatch(lower::startsWith)) {
            throw Failure.field(field, shown(name) + " is a header that only the server sets");
        }
    }

    private static void requireValue(String field, String name, String value) {
        if (name.length() + value.length() > HEADER_CHARS_MAX) {
            throw Failure.field(
                    field,
                    shown(name) + " has " + (name.length() + value.length()) + " characters with its value, at most "
                            + HEADER_CHARS_MAX + " are allowed");
        }
        if (!isValue(value, 0xFF)) {
            throw Failure.field(
                    field,
                    shown(name)
                            + " has a value with a control character, one beyond Latin-1, or white space around it");
        }
    }

    /** Whether it can be the value of a header as it is, on every HTTP version and to every receiver. */
    static boolean isAsciiValue(String text) {
        return isValue(text, 0x7E);
    }

    private static boolean isValue(String text, int last) {
        return text.equals(text.strip())
                && text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= last && c != 0x7F));
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || TOKEN_MARKS.indexOf(c) >= 0);
    }

    private static String shown(String name) {
        StringBuilder shown = new StringBuilder("'");
        name.codePoints()
                .limit(SHOWN_CHARS_MAX)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .forEach(shown::appendCodePoint);
        return shown.append('\'').toString();
    }
}
