package io.eventsync.server.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Postgres programs this server carries, unpacked once per version below the home. */
final class Binaries {
    private static final Logger LOG = LoggerFactory.getLogger(Binaries.class);

    private final String version;
    private final Path folder;

    private Binaries(String version, Path folder) {
        this.version = version;
        this.folder = folder;
    }

    static Binaries unpackInto(Path home) throws IOException, EmbeddedPostgresException {
        String version = version();
        Architecture architecture = Architecture.current();
        Path folder = home.resolve("pg-" + version + "-" + architecture.label());
        if (!Files.isDirectory(folder)) {
            unpack(architecture, folder);
        }
        removeOthers(home, folder);
        return new Binaries(version, folder);
    }

    String program(String name) {
        return folder.resolve("bin").resolve(name).toString();
    }

    String fullVersion() {
        return version;
    }

    String majorVersion() {
        return version.substring(0, version.indexOf('.'));
    }

    private static void unpack(Architecture architecture, Path folder) throws IOException, EmbeddedPostgresException {
        Path temporary = folder.resolveSibling(folder.getFileName() + ".new");
        Folders.delete(temporary);
        long begin = System.nanoTime();
        try (InputStream archive = Binaries.class.getResourceAsStream(architecture.archive())) {
            if (archive == null) {
                throw new EmbeddedPostgresException("This build of EventSync carries no PostgreSQL for "
                        + architecture.label() + ". Give it the address of a PostgreSQL server instead.");
            }
            Archive.unpack(archive, temporary);
        }
        Folders.publish(temporary, folder);
        LOG.info("postgres unpacked folder={} millis={}", folder, (System.nanoTime() - begin) / 1_000_000);
    }

    /** An upgrade would otherwise leave 60 MB behind each time. */
    private static void removeOthers(Path home, Path keep) throws IOException {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(home, "pg-*")) {
            for (Path other : others) {
                if (!other.equals(keep)) {
                    Folders.delete(other);
                }
            }
        }
    }

    private static String version() throws IOException {
        try (InputStream resource = Binaries.class.getResourceAsStream("binaries.properties")) {
            Properties properties = new Properties();
            if (resource != null) {
                properties.load(resource);
            }
            String version = properties.getProperty("version", "");
            if (!version.matches("\\d+(\\.\\d+)+")) {
                throw new IOException("binaries.properties names no version: the build did not fill it in");
            }
            return version;
        }
    }

    /** The platforms whose binaries are dependencies of this module. */
    private record Architecture(String label, String archive) {
        static Architecture current() throws EmbeddedPostgresException {
            String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
            String machine = System.getProperty("os.arch", "");
            if (system.equals("linux") && machine.equals("amd64")) {
                return new Architecture("x86_64", "/postgres-linux-x86_64.txz");
            }
            if (system.equals("linux") && machine.equals("aarch64")) {
                return new Architecture("arm_64", "/postgres-linux-arm_64.txz");
            }
            throw new EmbeddedPostgresException("The embedded PostgreSQL runs on Linux x86_64 and arm64, this is "
                    + system + " " + machine + ". Give the server the address of a PostgreSQL server instead.");
        }
    }
}
