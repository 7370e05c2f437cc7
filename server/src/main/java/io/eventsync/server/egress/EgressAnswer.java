package io.eventsync.server.egress;

import static java.util.Objects.requireNonNullElse;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a call.
 *
 * @param message for people, what went wrong; empty if nothing did
 * @param statusCode 0 if no head of an answer came
 * @param headers the few that are kept, their names in lower case
 * @param excerpt the first bytes of the body as they came, not inflated
 * @param bodyTruncated the body went on after the excerpt, or could have
 * @param remoteAddress {@code ip:port}; empty if there was no connection
 */
public record EgressAnswer(
        EgressError error,
        String message,
        int statusCode,
        Map<String, String> headers,
        Buffer excerpt,
        boolean bodyTruncated,
        String remoteAddress,
        long latencyNanos) {
    public static final int MESSAGE_LENGTH_MAX = 256;
    public static final int EXCERPT_BYTES_MAX = 4_096;
    static final int HEADER_LENGTH_MAX = 256;
    private static final List<String> KEPT =
            List.of("content-type", "retry-after", "server", "eventsync-ack", "eventsync-no-retry");

    public EgressAnswer {
        message = plain(message, MESSAGE_LENGTH_MAX);
        headers = Map.copyOf(headers);
    }

    static Map<String, String> kept(@Nullable HttpClientResponse head) {
        if (head == null) {
            return Map.of();
        }
        Map<String, String> kept = new LinkedHashMap<>();
        for (String name : KEPT) {
            String value = head.getHeader(name);
            if (value != null) {
                kept.put(name, plain(value, HEADER_LENGTH_MAX));
            }
        }
        return kept;
    }

    /** On one line and no longer than that. */
    static String plain(@Nullable String text, int lengthMax) {
        String whole = requireNonNullElse(text, "");
        StringBuilder plain = new StringBuilder(Math.min(whole.length(), lengthMax));
        for (int i = 0; i < whole.length() && i < lengthMax; i++) {
            char c = whole.charAt(i);
            plain.append(Character.isISOControl(c) || Character.isSurrogate(c) ? ' ' : c);
        }
        return plain.toString();
    }
}
