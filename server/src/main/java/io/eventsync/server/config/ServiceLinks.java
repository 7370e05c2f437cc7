package io.eventsync.server.config;

import java.util.regex.Pattern;

/**
 * Variables that Kubernetes sets in every pod for each Service. A Service called {@code eventsync} or
 * {@code eventsync-server} gives them our prefix, and even the name of a setting
 * ({@code EVENTSYNC_SERVER_PORT=tcp://10.0.0.1:7300}); nobody typed them, so they must not stop the start.
 */
final class ServiceLinks {
    private static final Pattern HOST_OR_PORT = Pattern.compile(".*_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)");
    private static final Pattern LINK = Pattern.compile(".*_PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?");
    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://[^/?#]+");

    private ServiceLinks() {}

    static boolean isServiceLink(String name, String value) {
        if (name.endsWith("_PORT") && !HOST_OR_PORT.matcher(name).matches()) {
            return ADDRESS.matcher(value).matches();
        }
        return HOST_OR_PORT.matcher(name).matches() || LINK.matcher(name).matches();
    }
}
