package io.eventsync.server.mail;

import io.eventsync.server.failure.Failure;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which addresses mails may go to: mailboxes of RFC 5321 in domains that the operator allows. Quoted local parts, address literals
 * and characters beyond ASCII are legal there and refused here: relays differ on them, and nothing has to be mailed to one.
 */
public final class MailAddresses {
    static final int ADDRESSES_MAX = 10;
    static final int LENGTH_MAX = 254; // RFC 5321 4.5.3.1.3, less the angle brackets
    static final int LOCAL_LENGTH_MAX = 64;

    private static final String ANY = "*";
    private static final Pattern COMMA = Pattern.compile(",");
    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final Pattern LOCAL = Pattern.compile(ATOM + "(\\." + ATOM + ")*");
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern DOMAIN = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

    private final Set<String> domains;

    private MailAddresses(Set<String> domains) {
        this.domains = domains;
    }

    /** Those that this configuration allows. */
    public static MailAddresses of(MailConfig config) {
        Set<String> domains = new HashSet<>();
        config.allowDomains()
                .ifPresent(joined -> COMMA.splitAsStream(joined)
                        .map(domain -> domain.toLowerCase(Locale.ROOT))
                        .forEach(domains::add));
        return new MailAddresses(domains);
    }

    /** Fails with FIELD_INVALID, naming the address by its index below {@code field}. */
    public void requireValid(String field, List<String> addresses) {
        if (addresses.isEmpty() || addresses.size() > ADDRESSES_MAX) {
            throw Failure.field(
                    field, "has " + addresses.size() + " addresses, 1 to " + ADDRESSES_MAX + " are allowed");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < addresses.size(); i++) {
            String at = field + "[" + i + "]";
            requireValid(at, addresses.get(i));
            if (!seen.add(addresses.get(i))) {
                throw Failure.field(at, "is there twice");
            }
        }
    }

    private void requireValid(String field, String address) {
        if (!isMailbox(address)) {
            throw Failure.field(field, "is not a mail address of the form user@example.org");
        }
        String domain = domain(address).toLowerCase(Locale.ROOT);
        if (!domains.contains(ANY) && !domains.contains(domain)) {
            String why = domains.isEmpty() ? "allow no domain" : "do not allow the domain " + domain;
            throw Failure.field(field, "cannot be used: the server's settings (mail.allow-domains) " + why);
        }
    }

    static boolean isMailbox(String text) {
        int at = text.lastIndexOf('@');
        return at > 0
                && at <= LOCAL_LENGTH_MAX
                && text.length() <= LENGTH_MAX
                && LOCAL.matcher(text.substring(0, at)).matches()
                && DOMAIN.matcher(domain(text)).matches();
    }

    /** Whether it is a value of mail.allow-domains. */
    static boolean areDomains(String joined) {
        return joined.equals(ANY)
                || Arrays.stream(joined.split(",", -1))
                        .allMatch(domain -> DOMAIN.matcher(domain).matches());
    }

    static String domain(String mailbox) {
        return mailbox.substring(mailbox.lastIndexOf('@') + 1);
    }
}
