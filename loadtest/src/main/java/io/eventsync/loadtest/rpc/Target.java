package io.eventsync.loadtest.rpc;

/** Where a server listens, written `host:port`, and how it is called. */
public record Target(String host, int port, Security security) {

    public Target {
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("expected host:port with a port from 1 to 65535");
        }
    }

    public Target(String host, int port) {
        this(host, port, Security.NONE);
    }

    public Target with(Security other) {
        return new Target(host, port, other);
    }

    /** Reads `localhost:7300` or `[::1]:7300`. */
    public static Target parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is not host:port, as in localhost:7300");
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        try {
            return new Target(
                    bracketed ? host.substring(1, host.length() - 1) : host,
                    Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' has no port number, as in localhost:7300", e);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
