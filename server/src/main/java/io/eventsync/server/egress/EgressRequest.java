package io.eventsync.server.egress;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One POST.
 *
 * @param timeout for the whole call, from looking up the name to the end of the body
 */
public record EgressRequest(
        EgressUrl url, MultiMap headers, Buffer body, Duration timeout, Optional<ClientTls> clientTls) {
    /** Those that say where a message goes and where it ends. */
    private static final Set<String> OURS = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    public EgressRequest {
        for (String name : headers.names()) {
            if (isReserved(name)) {
                throw new IllegalArgumentException("header set by the client itself: " + name);
            }
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("timeout of " + timeout);
        }
    }

    /** Whether requests must leave this header to the client. */
    public static boolean isReserved(String header) {
        return OURS.contains(header.toLowerCase(Locale.ROOT));
    }

    /** Without headers and body: they hold secrets. */
    @Override
    public String toString() {
        return "EgressRequest[url=" + url + ", timeout=" + timeout + "]";
    }
}
