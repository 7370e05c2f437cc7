package io.eventsync.client.internal;

import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The servers of one client; all are equal, and calls go round. */
public record Servers(List<SocketAddress> all) {
    private static final int PORT = 7300;
    private static final int PORT_MAX = 65_535;

    public Servers {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("targets: at least one server is needed, such as localhost:7300");
        }
    }

    /** Reads `host`, `host:port`, `[::1]:port`. */
    public static Servers parse(List<String> targets) {
        List<SocketAddress> all = new ArrayList<>();
        targets.forEach(target -> all.add(one(target.trim())));
        return new Servers(all);
    }

    private static SocketAddress one(String target) {
        int colon = target.lastIndexOf(':');
        boolean isBare = colon < 0 || target.endsWith("]");
        String host = isBare ? target : target.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw refused(target, "an IPv6 address goes in brackets");
        }
        if (host.isBlank() || host.contains("/") || host.contains("@")) {
            throw refused(target, "it has no host, or more than host and port");
        }
        try {
            int port = isBare ? PORT : Integer.parseInt(target.substring(colon + 1));
            if (port < 1 || port > PORT_MAX) {
                throw refused(target, "a port is 1 to 65535");
            }
            return SocketAddress.inetSocketAddress(port, host);
        } catch (NumberFormatException e) {
            throw refused(target, "the port is not a number");
        }
    }

    private static IllegalArgumentException refused(String target, String why) {
        return new IllegalArgumentException("targets: '" + target + "' is not host:port, as in localhost:7300: " + why);
    }
}
