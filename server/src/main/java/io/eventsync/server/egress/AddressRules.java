package io.eventsync.server.egress;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Which addresses this server calls: those of the public internet, and what the configuration opens beside them. */
public final class AddressRules {
    private static final List<Cidr> V4_NOT_PUBLIC = cidrs(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32", // of Azure's hosts to their guests
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");

    /** All that was ever given out for global unicast; what lies outside (loopback, ULA, link-local, NAT64 ...) is refused. */
    private static final Cidr V6_PUBLIC = Cidr.of("2000::/3");

    private static final List<Cidr> V6_NOT_PUBLIC = cidrs(
            "2001::/23", // with Teredo, ORCHID and benchmarking
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3fff::/20");

    private static final List<Cidr> LOOPBACK = cidrs("127.0.0.0/8", "::1");

    /** They hand out the credentials of the machine. No range that somebody opens may include them. */
    private static final List<Cidr> METADATA = cidrs(
            "169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254");

    /** Ranges whose last four bytes are the IPv4 address that a gateway calls. */
    private static final List<Cidr> V4_AT_THE_END =
            cidrs("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "fe80::/10", "fc00::/7");

    private static final Cidr SIX_TO_FOUR = Cidr.of("2002::/16");
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private final EgressConfig config;
    private final List<Cidr> own;

    /** @param own the addresses of this machine */
    AddressRules(EgressConfig config, Collection<InetAddress> own) {
        this.config = config;
        this.own = own.stream()
                .map(address -> {
                    byte[] bytes = unmapped(address.getAddress());
                    return new Cidr(unscoped(bytes), bytes.length * 8);
                })
                .distinct()
                .toList();
    }

    /** Reads the addresses of this machine, once. */
    public static AddressRules of(EgressConfig config) {
        try (Stream<NetworkInterface> interfaces = NetworkInterface.networkInterfaces()) {
            return new AddressRules(
                    config, interfaces.flatMap(NetworkInterface::inetAddresses).toList());
        } catch (SocketException e) {
            return new AddressRules(config, List.of()); // there is no network to call
        }
    }

    public boolean allowed(InetAddress address) {
        byte[] bytes = unmapped(address.getAddress());
        if (isMetadata(bytes)) {
            return false;
        }
        return (isPublic(bytes) && !contains(own, bytes))
                || contains(config.allowCidrs(), bytes)
                || (config.allowLoopback() && contains(LOOPBACK, bytes));
    }

    /** @param host the name that was looked up, or the address itself as text */
    public boolean allowed(String host, InetAddress address) {
        return isListed(host) ? !isMetadata(unmapped(address.getAddress())) : allowed(address);
    }

    /** Whether the host may be called over http and on any port. */
    boolean isOpen(String host) {
        return isListed(host)
                || (config.allowLoopback()
                        && (host.equals("localhost")
                                || IpLiteral.parse(host)
                                        .filter(address -> contains(LOOPBACK, address.getAddress()))
                                        .isPresent()));
    }

    boolean allowsHttp(String host) {
        return config.allowHttp() || isOpen(host);
    }

    boolean allowsPort(String host, int port) {
        return config.allowPorts().contains(port) || isOpen(host);
    }

    private boolean isListed(String host) {
        for (HostPattern pattern : config.allowHosts()) {
            if (pattern.matches(host)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPublic(byte[] address) {
        return address.length == 4
                ? !contains(V4_NOT_PUBLIC, address)
                : V6_PUBLIC.contains(address) && !contains(V6_NOT_PUBLIC, address);
    }

    private static boolean isMetadata(byte[] address) {
        if (contains(METADATA, address)) {
            return true;
        }
        if (SIX_TO_FOUR.contains(address)) {
            return contains(METADATA, Arrays.copyOfRange(address, 2, 6));
        }
        return contains(V4_AT_THE_END, address) && contains(METADATA, Arrays.copyOfRange(address, 12, 16));
    }

    private static boolean contains(List<Cidr> ranges, byte[] address) {
        for (Cidr range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] unmapped(byte[] address) {
        boolean isMapped = address.length == 16 && Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        return isMapped ? Arrays.copyOfRange(address, MAPPED.length, address.length) : address;
    }

    private static InetAddress unscoped(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<Cidr> cidrs(String... texts) {
        List<Cidr> ranges = new ArrayList<>();
        for (String text : texts) {
            ranges.add(Cidr.of(text));
        }
        return List.copyOf(ranges);
    }
}
