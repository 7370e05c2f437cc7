package io.eventsync.server.egress;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of hosts in the form in which they go to name servers: lower case, letters, digits and hyphens, others as punycode. */
final class HostName {
    private static final int LENGTH_MAX = 253;
    // What some parsers read as a number makes the whole an address to them: 127.1, 0x7f.1, 2130706433.
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private HostName() {}

    static Optional<String> parse(String text) {
        String name;
        try {
            name = IDN.toASCII(text, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty(); // the JDK throws the second on some malformed labels
        }
        String[] labels = name.split("\\.", -1);
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                return Optional.empty();
            }
        }
        boolean isName = name.length() <= LENGTH_MAX
                && !NUMBER.matcher(labels[labels.length - 1]).matches();
        return isName ? Optional.of(name) : Optional.empty();
    }
}
