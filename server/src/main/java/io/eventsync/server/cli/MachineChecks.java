package io.eventsync.server.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import io.eventsync.server.ServerConfig;
import io.eventsync.server.http.AdminConfig;
import io.eventsync.server.http.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the machine and the process give a server. */
final class MachineChecks {
    static final int JAVA_MIN = 17;
    static final long HEAP_BYTES_MIN = 256L << 20;
    static final long DISK_BYTES_LOW = 2L << 30;
    private static final long MEBIBYTE = 1L << 20;
    private static final Duration CERTIFICATE_SOON = Duration.ofDays(14);
    /** For files, the database and deliveries, besides one for each connection of a client. */
    private static final int OWN_FILES = 1_000;

    private MachineChecks() {}

    static List<Finding> all(ServerConfig config, Instant now) {
        List<Finding> findings = new ArrayList<>();
        findings.add(java(Runtime.version().feature()));
        findings.add(heap(Runtime.getRuntime().maxMemory()));
        openFiles(config.subscription().max()).ifPresent(findings::add);
        findings.add(port("port", config.http().host(), config.http().port(), "--server-port"));
        if (config.admin().isEnabled()) {
            findings.add(adminPort(config.admin()));
        }
        certificate(config.tls(), now).ifPresent(findings::add);
        if (config.postgres().url().isEmpty()) {
            findings.add(folder(config.postgres().dataDir().toAbsolutePath().normalize()));
        }
        return findings;
    }

    static Finding java(int feature) {
        return feature >= JAVA_MIN
                ? Finding.ok(
                        "java",
                        Runtime.version() + " on " + Runtime.getRuntime().availableProcessors() + " CPUs")
                : Finding.fail("java", "version " + feature, "run it with Java " + JAVA_MIN + " or newer");
    }

    static Finding heap(long bytes) {
        String text = bytes / MEBIBYTE + " MiB at most";
        return bytes >= HEAP_BYTES_MIN
                ? Finding.ok("heap", text)
                : Finding.warn("heap", text, "give the JVM at least 256 MiB, such as -Xmx1g");
    }

    private static Optional<Finding> openFiles(int streamsMax) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Optional.of(openFiles(unix.getMaxFileDescriptorCount(), streamsMax))
                : Optional.empty();
    }

    static Finding openFiles(long limit, int streamsMax) {
        long wanted = (long) streamsMax + OWN_FILES;
        return limit >= wanted
                ? Finding.ok("open files", "at most " + limit)
                : Finding.warn(
                        "open files",
                        "at most " + limit + ": not enough for " + streamsMax + " streams with a connection each",
                        "raise it: ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit");
    }

    private static Finding adminPort(AdminConfig admin) {
        return admin.port() == 0
                ? Finding.ok("admin port", "next to the public one, or any that is free")
                : port("admin port", admin.host(), admin.port(), "--admin-port");
    }

    static Finding port(String subject, String host, int port, String flag) {
        String address = host + ":" + port;
        try (ServerSocket socket = new ServerSocket()) {
            // As the server does: a connection of the last one that is not forgotten yet is no obstacle.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return Finding.ok(subject, address + " is free");
        } catch (UnknownHostException e) {
            return Finding.fail(subject, host + " is not a name of this machine", "set --server-host to one");
        } catch (IOException e) {
            return Finding.fail(
                    subject,
                    address + " cannot be opened: " + e.getMessage(),
                    "is a server running already? Else choose another with " + flag + ": ss -ltnp 'sport = :" + port
                            + "' says who has it");
        }
    }

    private static Optional<Finding> certificate(TlsConfig tls, Instant now) {
        return tls.certificates().map(file -> certificate(file, now));
    }

    static Finding certificate(Path file, Instant now) {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate first =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            Instant end = first.getNotAfter().toInstant();
            String fix = "put a new one into " + file + "; the server reads it within a minute";
            if (end.isBefore(now)) {
                return Finding.fail("certificate", "has expired at " + end, fix);
            }
            return Duration.between(now, end).compareTo(CERTIFICATE_SOON) < 0
                    ? Finding.warn("certificate", "expires at " + end, fix)
                    : Finding.ok("certificate", "holds until " + end);
        } catch (IOException | CertificateException e) {
            return Finding.fail("certificate", file + " is no PEM certificate: " + e.getMessage(), "see tls.cert-file");
        }
    }

    /** Where the embedded Postgres is or will be. */
    static Finding folder(Path folder) {
        Path there = folder;
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            return Finding.fail(
                    "data", there + " cannot be written", "let this user write it, or choose another with --data-dir");
        }
        try {
            FileStore store = Files.getFileStore(there);
            String text = folder + ", " + store.getUsableSpace() / MEBIBYTE + " MiB free";
            return store.getUsableSpace() < DISK_BYTES_LOW
                    ? Finding.warn("data", text, "make room, or bound the log with --log-retention-bytes")
                    : Finding.ok("data", text);
        } catch (IOException e) {
            return Finding.fail("data", there + ": " + e.getMessage(), "choose another with --data-dir");
        }
    }
}
