package io.eventsync.server.egress;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of addresses, {@code 10.0.0.0/8} or {@code fd00::/8}; an address alone is a range of one.
 *
 * @param first with all bits after the prefix zero
 */
public record Cidr(InetAddress first, int prefixBits) {
    private static final Pattern BITS = Pattern.compile("[0-9]|[1-9][0-9]{1,2}");

    public Cidr {
        byte[] bytes = first.getAddress();
        if (prefixBits < 0 || prefixBits > bytes.length * 8) {
            throw new IllegalArgumentException("prefix of " + prefixBits + " bits");
        }
        for (int bit = prefixBits; bit < bytes.length * 8; bit++) {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) {
                throw new IllegalArgumentException("not the first address of its range");
            }
        }
    }

    static Cidr of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException(text));
    }

    static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        Optional<InetAddress> address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()
                || (slash >= 0 && !BITS.matcher(text.substring(slash + 1)).matches())) {
            return Optional.empty();
        }
        int all = address.get().getAddress().length * 8;
        try {
            return Optional.of(new Cidr(address.get(), slash < 0 ? all : Integer.parseInt(text.substring(slash + 1))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean contains(byte[] address) {
        byte[] network = first.getAddress();
        if (address.length != network.length) {
            return false;
        }
        int whole = prefixBits / 8;
        for (int i = 0; i < whole; i++) {
            if (address[i] != network[i]) {
                return false;
            }
        }
        int rest = prefixBits % 8;
        return rest == 0 || ((address[whole] ^ network[whole]) & 0xff) >> (8 - rest) == 0;
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + prefixBits;
    }
}
