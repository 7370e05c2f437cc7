package io.eventsync.server.postgres;

import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Postgres of the server's own, below one home folder, that keeps every promise a separate one would: it flushes, and it
 * comes back after a crash. It lives and dies with this JVM.
 *
 * <p>Every method blocks or may block, so none belongs on an event loop, except {@link #connectOptions}, {@link #isUp} and
 * {@link #restarts}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** The database that is there from the first start. */
    public static final String DATABASE = "eventsync";

    static final String SUPERUSER = "postgres";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final int DEFAULT_PORT = 5432;
    private static final long LOG_BYTES_MAX = 16L * 1024 * 1024;

    private final HomeLock lock;
    private final Path home;
    private final SocketFolder socket;
    private final @Nullable LoopbackAccess loopback;
    private final Supervisor supervisor;
    private boolean isClosed;

    private EmbeddedPostgres(
            HomeLock lock, Path home, SocketFolder socket, @Nullable LoopbackAccess loopback, Supervisor supervisor) {
        this.lock = lock;
        this.home = home;
        this.socket = socket;
        this.loopback = loopback;
        this.supervisor = supervisor;
    }

    /** Returns when Postgres takes connections: seconds the first time, a fraction of one later, longer after a crash. */
    public static EmbeddedPostgres start(EmbeddedPostgresConfig config)
            throws EmbeddedPostgresException, InterruptedException {
        return start(config, Map.of());
    }

    static EmbeddedPostgres start(EmbeddedPostgresConfig config, Map<String, String> settings)
            throws EmbeddedPostgresException, InterruptedException {
        Path home = config.home();
        try {
            // Another user has to pass through the home when the server is root; each thing in it has its own lock.
            Folders.create(home, System.getProperty("user.name", "").equals("root") ? "rwx--x--x" : "rwx------");
            HomeLock lock = HomeLock.take(home);
            boolean isStarted = false;
            try {
                EmbeddedPostgres postgres = startLocked(lock, home.toRealPath(), config, settings);
                isStarted = true;
                return postgres;
            } finally {
                if (!isStarted) {
                    lock.release();
                }
            }
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    "The embedded PostgreSQL cannot use its folder " + home + ": " + e
                            + ". Check that the server's user may write there and that the disk is not full.",
                    e);
        }
    }

    private static EmbeddedPostgres startLocked(
            HomeLock lock, Path home, EmbeddedPostgresConfig config, Map<String, String> settings)
            throws IOException, EmbeddedPostgresException, InterruptedException {
        Leftover.stop(DataFolder.in(home));
        Binaries binaries = Binaries.unpackInto(home);
        RunAs runAs = RunAs.choose(home, binaries);
        DataFolder data = new DataFolder(home, binaries, runAs);
        data.prepare();
        LoopbackAccess loopback = config.tcp() ? LoopbackAccess.prepare(home, data) : null;
        SocketFolder socket = SocketFolder.prepare(home, runAs);

        int port = loopback == null ? DEFAULT_PORT : loopback.port();
        Settings all = new Settings(config, socket.path(), port).override(settings);
        String[] program = {
            binaries.program("postgres"), "-D", DataFolder.in(home).toString()
        };
        List<String> command = Stream.concat(runAs.command(program).stream(), all.arguments().stream())
                .toList();
        PostgresLog log = new PostgresLog(home.resolve("postgres.log"), LOG_BYTES_MAX);
        Launcher launcher = new Launcher(command, DataFolder.in(home), socket, log, config.startTimeout());
        try {
            return new EmbeddedPostgres(lock, home, socket, loopback, Supervisor.start(launcher));
        } catch (IOException | EmbeddedPostgresException | InterruptedException e) {
            socket.close();
            throw e;
        }
    }

    /** How this process connects: by the unix socket, which Vert.x can use with every transport. */
    public PgConnectOptions connectOptions(String database) {
        return new PgConnectOptions()
                .setHost(socket.path().toString())
                .setPort(port())
                .setUser(SUPERUSER)
                .setDatabase(database);
    }

    /** How others on this machine connect, empty unless {@link EmbeddedPostgresConfig#tcp} was asked for. */
    public Optional<PgConnectOptions> tcpConnectOptions(String database) {
        return Optional.ofNullable(loopback)
                .map(access -> new PgConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(access.port())
                        .setUser(SUPERUSER)
                        .setPassword(access.password())
                        .setDatabase(database));
    }

    /** A command to paste into a shell of the user who runs the server, root included. */
    public String psqlHint(String database) {
        return "psql -h '" + socket.path().toString().replace("'", "'\\''") + "' -p " + port() + " -U " + SUPERUSER
                + " -d " + database;
    }

    public Path home() {
        return home;
    }

    /** False from the moment Postgres ended on its own until the supervisor has it up again. */
    public boolean isUp() {
        return supervisor.isUp();
    }

    /** How often Postgres ended on its own and was brought up again. */
    public int restarts() {
        return supervisor.restarts();
    }

    /** Stops Postgres, cleanly if it does so within 10 s. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        supervisor.close();
        try {
            socket.close();
            lock.release();
        } catch (IOException e) {
            LOG.warn("postgres home not tidied, the next start does it home={} reason={}", home, e.toString());
        }
    }

    private int port() {
        return loopback == null ? DEFAULT_PORT : loopback.port();
    }
}
