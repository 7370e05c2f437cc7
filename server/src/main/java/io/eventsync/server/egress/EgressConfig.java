package io.eventsync.server.egress;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which receivers may be called beyond https to public addresses, and how long reaching one may take.
 *
 * @param allowHosts may have any address but those of metadata services, http, and any port
 * @param caFile certificates to trust in place of those of the JVM
 */
public record EgressConfig(
        List<Cidr> allowCidrs,
        List<HostPattern> allowHosts,
        boolean allowHttp,
        Set<Integer> allowPorts,
        boolean allowLoopback,
        Optional<Path> caFile,
        Duration connectTimeout,
        Duration dnsTimeout) {

    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
    private static final int PORT_MAX = 65_535;

    public static final Setting<Optional<String>> ALLOW_CIDRS = Setting.optionalText(
                    "webhook.allow-cidrs",
                    "Ranges of private addresses that webhooks may go to, such as 10.20.0.0/16; several joined by commas")
            .matching(text -> all(text, Cidr::parse), "as ranges like 10.20.0.0/16, set apart by commas");
    public static final Setting<Optional<String>> ALLOW_HOSTS = Setting.optionalText(
                    "webhook.allow-hosts",
                    "Hosts that webhooks may go to whatever their address, port or scheme, such as hooks.corp.example or *.svc.cluster.local; several joined by commas")
            .matching(
                    text -> all(text, HostPattern::parse),
                    "as names of hosts like hooks.corp.example or *.corp.example, set apart by commas");
    public static final Setting<Boolean> ALLOW_HTTP = Setting.bool(
            "webhook.allow-http", false, "Allow webhooks over http, where anyone on the way can read them");
    public static final Setting<String> ALLOW_PORTS = Setting.text(
                    "webhook.allow-ports", "80,443", "Ports that webhooks may go to, set apart by commas")
            .matching(
                    text -> all(Optional.of(text), EgressConfig::parsePort),
                    "as ports from 1 to 65535, set apart by commas");
    public static final Setting<Boolean> ALLOW_LOOPBACK = Setting.bool(
            "webhook.allow-loopback",
            false,
            "For development: allow webhooks to this machine's loopback, over http and on any port");
    public static final Setting<Optional<String>> CA_FILE = Setting.optionalText(
                    "webhook.ca-file", "File of PEM certificates to trust in webhook receivers, in place of the JVM's")
            .matching(
                    file -> file.map(EgressConfig::holdsCertificates).orElse(true),
                    "naming a file of PEM certificates");
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration(
            "webhook.connect-timeout",
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            "How long connecting to a webhook receiver may take, and again its TLS handshake");
    public static final Setting<Duration> DNS_TIMEOUT = Setting.duration(
            "webhook.dns-timeout",
            Duration.ofSeconds(3),
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            "How long looking up the name of a webhook receiver may take");

    public static final List<Setting<?>> SETTINGS = List.of(
            ALLOW_CIDRS, ALLOW_HOSTS, ALLOW_HTTP, ALLOW_PORTS, ALLOW_LOOPBACK, CA_FILE, CONNECT_TIMEOUT, DNS_TIMEOUT);

    public EgressConfig {
        allowCidrs = List.copyOf(allowCidrs);
        allowHosts = List.copyOf(allowHosts);
        allowPorts = Set.copyOf(allowPorts);
        if (!allowPorts.stream().allMatch(port -> 1 <= port && port <= PORT_MAX)) {
            throw new IllegalArgumentException(
                    ALLOW_PORTS + " = " + allowPorts + ": expected " + ALLOW_PORTS.expected());
        }
        CA_FILE.require(caFile.map(Path::toString));
        CONNECT_TIMEOUT.require(connectTimeout);
        DNS_TIMEOUT.require(dnsTimeout);
    }

    public static EgressConfig from(Settings settings) {
        return new EgressConfig(
                list(settings.get(ALLOW_CIDRS), Cidr::parse),
                list(settings.get(ALLOW_HOSTS), HostPattern::parse),
                settings.get(ALLOW_HTTP),
                list(Optional.of(settings.get(ALLOW_PORTS)), EgressConfig::parsePort).stream()
                        .collect(toUnmodifiableSet()),
                settings.get(ALLOW_LOOPBACK),
                settings.get(CA_FILE).map(Path::of),
                settings.get(CONNECT_TIMEOUT),
                settings.get(DNS_TIMEOUT));
    }

    private static <T> List<T> list(Optional<String> text, Function<String, Optional<T>> parse) {
        return parts(text).flatMap(part -> parse.apply(part).stream()).toList();
    }

    private static <T> boolean all(Optional<String> text, Function<String, Optional<T>> parse) {
        return parts(text).allMatch(part -> parse.apply(part).isPresent());
    }

    private static Stream<String> parts(Optional<String> text) {
        return text.stream().flatMap(list -> Arrays.stream(list.split(",", -1))).map(String::strip);
    }

    private static Optional<Integer> parsePort(String text) {
        return PORT.matcher(text).matches()
                ? Optional.of(Integer.parseInt(text)).filter(port -> port <= PORT_MAX)
                : Optional.empty();
    }

    private static boolean holdsCertificates(String file) {
        try (InputStream pem = Files.newInputStream(Path.of(file))) {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(pem)
                    .isEmpty();
        } catch (IOException | CertificateException | InvalidPathException e) {
            return false;
        }
    }
}
