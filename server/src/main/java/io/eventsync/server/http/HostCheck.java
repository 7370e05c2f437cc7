package io.eventsync.server.http;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A page whose name was made to point at this machine (DNS rebinding) is of one origin with us, for all a browser knows. It gives itself
 * away by its Host: a server that listens on loopback is called by loopback names, or by those that an operator lists.
 */
final class HostCheck {
    private static final Pattern LOOPBACK =
            Pattern.compile("(?i)localhost|([a-z0-9-]+\\.)*localhost|127(\\.[0-9]{1,3}){3}|\\[?::1]?");

    private final boolean isLoopback;
    private final Set<String> hosts;

    HostCheck(String listenHost, Set<String> hosts) {
        this.isLoopback = LOOPBACK.matcher(listenHost).matches();
        this.hosts = hosts;
    }

    void admit(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2
                && request.headers().getAll("host").size() > 1) {
            throw Failure.of(Reason.MESSAGE_MALFORMED, "the request has more than one Host");
        }
        HostAndPort authority = request.authority();
        if (authority == null) {
            if (request.version() != HttpVersion.HTTP_1_0) {
                throw Failure.of(Reason.MESSAGE_MALFORMED, "the request has no Host, or one that is none");
            }
            return;
        }
        String host = authority.host().toLowerCase(Locale.ROOT);
        if (isLoopback && !LOOPBACK.matcher(host).matches() && !hosts.contains(host)) {
            throw Failure.of(
                            Reason.ORIGIN_REFUSED,
                            "this server listens on loopback and is not called by that name; see setting http.hosts")
                    .with("host", host);
        }
    }
}
