package io.eventsync.server.egress;

import java.util.Optional;

/**
 * One host ({@code hooks.corp.example}) or all below a name ({@code *.corp.example}, not the name itself).
 *
 * @param name as {@link HostName} has it
 */
public record HostPattern(String name, boolean isSuffix) {
    private static final String ANY = "*.";

    public HostPattern {
        if (HostName.parse(name).filter(name::equals).isEmpty()) {
            throw new IllegalArgumentException("not the name of a host: " + name);
        }
    }

    static Optional<HostPattern> parse(String text) {
        boolean isSuffix = text.startsWith(ANY);
        return HostName.parse(isSuffix ? text.substring(ANY.length()) : text)
                .map(name -> new HostPattern(name, isSuffix));
    }

    boolean matches(String host) {
        return isSuffix
                ? host.length() > name.length() + 1
                        && host.endsWith(name)
                        && host.charAt(host.length() - name.length() - 1) == '.'
                : host.equals(name);
    }

    @Override
    public String toString() {
        return isSuffix ? ANY + name : name;
    }
}
