package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database cluster below the home, made under another name first so that a crash leaves no half of one. */
final class DataFolder {
    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

    /** Who can enter the socket's folder (0700) is trusted; the loopback port asks for the password. */
    private static final String HBA = """
            local all all                trust
            host  all all 127.0.0.1/32   scram-sha-256
            """;

    private final Path home;
    private final Binaries binaries;
    private final RunAs runAs;

    DataFolder(Path home, Binaries binaries, RunAs runAs) {
        this.home = home;
        this.binaries = binaries;
        this.runAs = runAs;
    }

    static Path in(Path home) {
        return home.resolve("data");
    }

    void prepare() throws IOException, EmbeddedPostgresException, InterruptedException {
        if (isMissing(in(home))) {
            initialise();
        }
        requireSameMajor();
        runAs.own(in(home));
    }

    /** Runs statements on the stopped cluster, one per line. */
    void execute(Path data, String statements) throws IOException, EmbeddedPostgresException, InterruptedException {
        Command.Result result = Command.run(
                runAs.command(
                        binaries.program("postgres"),
                        "--single",
                        "-D",
                        data.toString(),
                        "-c",
                        "exit_on_error=on",
                        EmbeddedPostgres.SUPERUSER),
                statements);
        requireSuccess("postgres --single", result);
    }

    private static boolean isMissing(Path data) throws IOException {
        if (!Files.exists(data)) {
            return true;
        }
        try (Stream<Path> content = Files.list(data)) {
            return content.findAny().isEmpty();
        }
    }

    private void initialise() throws IOException, EmbeddedPostgresException, InterruptedException {
        long begin = System.nanoTime();
        Path fresh = home.resolve("data.new");
        Folders.delete(fresh);
        Folders.create(fresh, "rwx------");
        runAs.own(fresh);
        initdb(
                fresh,
                "-U",
                EmbeddedPostgres.SUPERUSER,
                "-A",
                "trust",
                "--locale=C",
                "--encoding=UTF8",
                "-k",
                "--no-sync");
        Files.writeString(fresh.resolve("pg_hba.conf"), HBA, StandardOpenOption.TRUNCATE_EXISTING);
        execute(fresh, "create database " + EmbeddedPostgres.DATABASE + "\n");
        initdb(fresh, "--sync-only");
        Folders.publish(fresh, in(home));
        LOG.info("postgres cluster created folder={} millis={}", in(home), (System.nanoTime() - begin) / 1_000_000);
    }

    private void initdb(Path data, String... options)
            throws IOException, EmbeddedPostgresException, InterruptedException {
        Stream<String> command = Stream.of(binaries.program("initdb"), "-D", data.toString());
        String[] arguments = Stream.concat(command, Stream.of(options)).toArray(String[]::new);
        requireSuccess("initdb", Command.run(runAs.command(arguments)));
    }

    private void requireSuccess(String program, Command.Result result) throws EmbeddedPostgresException {
        if (!result.isSuccess()) {
            throw new EmbeddedPostgresException(
                    program + " failed in " + home + " with exit code " + result.exitCode() + ": " + result.output());
        }
    }

    private void requireSameMajor() throws IOException, EmbeddedPostgresException {
        Path file = in(home).resolve("PG_VERSION");
        if (!Files.exists(file)) {
            throw new EmbeddedPostgresException("The folder " + in(home) + " is not empty and holds no PostgreSQL data."
                    + " Move it away, or give the server another home.");
        }
        String written = Files.readString(file).strip();
        if (!written.equals(binaries.majorVersion())) {
            throw new EmbeddedPostgresException("The folder " + in(home) + " was written by PostgreSQL " + written
                    + ", this server carries " + binaries.fullVersion() + ", which cannot read it. Start the server"
                    + " version that wrote it and copy the log out, or give this one another home.");
        }
    }
}
