package io.eventsync.server.egress;

import static java.util.Objects.requireNonNullElse;

import io.eventsync.server.failure.Failure;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A URL that this server may call, in parts, so that what was judged is what is called: nothing parses the text again.
 * Its own text leaves out path and query, for many receivers keep a secret there.
 */
public final class EgressUrl {
    static final int LENGTH_MAX = 2_048;
    private static final String HTTP = "http";
    private static final String HTTPS = "https";
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
    private static final int PORT_MAX = 65_535;

    private final String scheme;
    private final String host;
    private final Optional<InetAddress> literal;
    private final int port;
    private final String pathAndQuery;

    private EgressUrl(String scheme, String host, Optional<InetAddress> literal, int port, String pathAndQuery) {
        this.scheme = scheme;
        this.host = host;
        this.literal = literal;
        this.port = port;
        this.pathAndQuery = pathAndQuery;
    }

    /**
     * @param field what a failure calls the URL
     * @throws Failure if the URL breaks a rule of this class or of the configuration; addresses are not judged here
     */
    public static EgressUrl parse(String field, String text, AddressRules rules) {
        try {
            return parse(text, rules);
        } catch (Broken e) {
            throw Failure.field(field, e.rule);
        }
    }

    private static EgressUrl parse(String text, AddressRules rules) throws Broken {
        URI uri = syntax(text);
        String scheme = scheme(uri);
        String authority = requireNonNullElse(uri.getRawAuthority(), "");
        require(!authority.isEmpty(), "must name a host after " + scheme + "://");
        require(authority.indexOf('@') < 0, "must hold no user or password");
        require(uri.getRawFragment() == null, "must hold no fragment (#)");

        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String hostText = hasPort ? authority.substring(0, colon) : authority;
        Optional<InetAddress> literal = literal(hostText);
        String host = literal.isPresent() ? unbracketed(hostText).toLowerCase(Locale.ROOT) : name(hostText);
        int port = hasPort ? port(authority.substring(colon + 1)) : defaultPort(scheme);

        require(scheme.equals(HTTPS) || rules.allowsHttp(host), "must start with https://");
        require(rules.allowsPort(host, port), "must not name port " + port + ", which webhook.allow-ports leaves out");
        return new EgressUrl(scheme, host, literal, port, pathAndQuery(uri));
    }

    private static URI syntax(String text) throws Broken {
        require(text.length() <= LENGTH_MAX, "must be at most " + LENGTH_MAX + " characters");
        require(
                text.chars().noneMatch(c -> c <= ' ' || c == '\\' || (c >= 0x7f && c <= 0xa0)),
                "must hold no white space, control character or backslash");
        try {
            return new URI(text);
        } catch (URISyntaxException | NumberFormatException e) {
            // The second for a dotted tail of many digits in an IPv6 address, where the JDK forgets to promise the
            // first.
            throw new Broken("must be a URL like https://hooks.example.com/in");
        }
    }

    private static String scheme(URI uri) throws Broken {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        require((scheme.equals(HTTPS) || scheme.equals(HTTP)) && !uri.isOpaque(), "must start with https://");
        return scheme;
    }

    private static Optional<InetAddress> literal(String host) throws Broken {
        if (!host.startsWith("[")) {
            return IpLiteral.v4(host);
        }
        Optional<InetAddress> address = host.endsWith("]") ? IpLiteral.v6(unbracketed(host)) : Optional.empty();
        require(address.isPresent(), "must hold a plain IPv6 address in its brackets");
        return address;
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String name(String host) throws Broken {
        return HostName.parse(host)
                .orElseThrow(
                        () -> new Broken("must hold the name of a host, or an IPv4 address as four plain numbers"));
    }

    private static int port(String text) throws Broken {
        require(
                PORT.matcher(text).matches() && Integer.parseInt(text) <= PORT_MAX,
                "must hold a port from 1 to " + PORT_MAX);
        return Integer.parseInt(text);
    }

    private static int defaultPort(String scheme) {
        return scheme.equals(HTTPS) ? 443 : 80;
    }

    private static String pathAndQuery(URI uri) throws Broken {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String whole = uri.getRawQuery() == null ? path : path + '?' + uri.getRawQuery();
        require(whole.chars().allMatch(c -> c < 0x7f), "must have other than ASCII percent-encoded after the host");
        return whole;
    }

    private static void require(boolean isMet, String rule) throws Broken {
        if (!isMet) {
            throw new Broken(rule);
        }
    }

    public String scheme() {
        return scheme;
    }

    boolean isTls() {
        return scheme.equals(HTTPS);
    }

    /** Lower case, names of other alphabets as punycode, IPv6 without its brackets. */
    public String host() {
        return host;
    }

    /** Set if the host is an address and not a name. */
    public Optional<InetAddress> literal() {
        return literal;
    }

    public int port() {
        return port;
    }

    /** Never empty, starts with a slash. */
    public String pathAndQuery() {
        return pathAndQuery;
    }

    /** The value of the Host header. */
    String authority() {
        String inUrl = host.indexOf(':') < 0 ? host : '[' + host + ']';
        return port == defaultPort(scheme) ? inUrl : inUrl + ':' + port;
    }

    /** {@code https://hooks.example.com}: what may be shown and logged. */
    public String origin() {
        return scheme + "://" + authority();
    }

    /** All of it, to store and to parse again. */
    public String text() {
        return origin() + pathAndQuery;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof EgressUrl other && text().equals(other.text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    @Override
    public String toString() {
        return origin();
    }

    /** Never leaves this class. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1;
        private final String rule;

        Broken(String rule) {
            super(rule, null, false, false);
            this.rule = rule;
        }
    }
}
