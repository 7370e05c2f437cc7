package io.eventsync.server.cli;

import io.eventsync.server.Server;
import io.eventsync.server.ServerConfig;
import io.eventsync.server.auth.AdminToken;
import io.eventsync.server.http.HttpConfig;
import io.eventsync.server.postgres.Database;
import io.eventsync.server.postgres.EmbeddedPostgresException;
import io.eventsync.server.postgres.MigrationException;
import io.eventsync.server.postgres.MigrationStatus;
import io.eventsync.server.postgres.PostgresConfig;
import io.eventsync.server.secret.SecretBox;
import io.eventsync.server.secret.SecretKeys;
import io.netty.channel.unix.Errors.NativeIoException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintStream;
import java.net.BindException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands on the real parts. The one place where the server waits for a future: the main thread has nothing else to do. */
public final class ServerCommands implements Commands {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCommands.class);
    private static final long MIGRATE_SECONDS_MAX = 600;
    /** As Linux numbers it; Netty's native transport has no exception of its own for it. */
    private static final int EADDRINUSE = -98;

    private static final long STOP_SECONDS_MARGIN = 5;

    private final PrintStream out = System.out;

    @Override
    public int serve(ServerConfig config) {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try {
            return serve(config, stopped, closed);
        } catch (Exception e) {
            return isPortInUse(cause(e)) ? portInUse(config.http()) : explain(e);
        } finally {
            closed.countDown();
        }
    }

    private int serve(ServerConfig given, CountDownLatch stopped, CountDownLatch closed) throws Exception {
        Vertx vertx = vertx();
        try (Database database = Database.open(given.postgres())) {
            ServerConfig config = database.isEmbedded()
                    ? given.with(AdminToken.load(given.auth(), given.postgres().dataDir()))
                    : given;
            Thread hook = new Thread(
                    () -> {
                        stopped.countDown();
                        awaitQuietly(closed, config.http().drainTimeout().toSeconds() + STOP_SECONDS_MARGIN);
                    },
                    "eventsync-stop");
            Runtime.getRuntime().addShutdownHook(hook);
            Optional<SecretBox> secrets = SecretKeys.load(
                    config.secrets(),
                    database.isEmbedded() ? Optional.of(config.postgres().dataDir()) : Optional.empty());
            try {
                Server server = get(
                        Server.start(vertx, config, database, secrets, Clock.systemUTC(), Version.read()),
                        MIGRATE_SECONDS_MAX);
                Banner.print(out, server, config, database);
                stopped.await();
                get(server.stop(), config.http().drainTimeout().toSeconds() + STOP_SECONDS_MARGIN);
            } finally {
                get(vertx.close(), STOP_SECONDS_MARGIN);
            }
            return ExitCode.OK;
        }
    }

    @Override
    public int doctor(ServerConfig config) {
        Clock clock = Clock.systemUTC();
        List<Finding> findings = new ArrayList<>(MachineChecks.all(config, clock.instant()));
        try {
            findings.addAll(examine(config, clock));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.OK;
        } catch (Exception e) {
            findings.add(DatabaseChecks.unreachable(String.valueOf(cause(e).getMessage())));
        }
        return Doctor.report(findings, out);
    }

    private static List<Finding> examine(ServerConfig config, Clock clock) throws Exception {
        Vertx vertx = vertx();
        try (Database database = Database.open(config.postgres())) {
            return get(DatabaseChecks.all(vertx, database, config, clock), MIGRATE_SECONDS_MAX);
        } finally {
            // Not in the chain above: what is left of one would run on a loop that is gone.
            get(vertx.close(), STOP_SECONDS_MARGIN);
        }
    }

    @Override
    public int migrateUp(PostgresConfig config) {
        return onDatabase(
                config,
                (database, vertx) -> database.migrate(vertx).map(applied -> {
                    applied.forEach(migration -> out.println("applied " + migration.fileName()));
                    out.println(applied.isEmpty() ? "the schema is up to date" : "applied " + applied.size());
                    return ExitCode.OK;
                }));
    }

    @Override
    public int migrateStatus(PostgresConfig config) {
        return onDatabase(
                config,
                (database, vertx) -> database.migrationStatus(vertx).map(all -> {
                    all.forEach(this::print);
                    return ExitCode.OK;
                }));
    }

    private void print(MigrationStatus status) {
        out.printf(
                "%-45s %s%n",
                status.migration().fileName(),
                status.appliedAt().map(at -> "applied " + at).orElse("pending"));
    }

    @Override
    public int migrateVerify(PostgresConfig config) {
        return onDatabase(
                config,
                (database, vertx) -> database.verifyMigrations(vertx).map(v -> {
                    out.println("the schema is that of this server");
                    return ExitCode.OK;
                }));
    }

    private int onDatabase(PostgresConfig config, BiFunction<Database, Vertx, Future<Integer>> work) {
        Vertx vertx = vertx();
        try (Database database = Database.open(config)) {
            try {
                return get(work.apply(database, vertx), MIGRATE_SECONDS_MAX);
            } finally {
                get(vertx.close(), STOP_SECONDS_MARGIN);
            }
        } catch (Exception e) {
            return explain(e);
        }
    }

    private static Vertx vertx() {
        return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    }

    private static int explain(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return ExitCode.OK;
        }
        Throwable cause = cause(e);
        if (cause instanceof EmbeddedPostgresException || cause instanceof MigrationException) {
            LOG.error("cannot start: {}", cause.getMessage());
        } else {
            LOG.error("cannot start: {}", cause.getMessage(), cause);
        }
        return ExitCode.UNAVAILABLE;
    }

    private static int portInUse(HttpConfig config) {
        LOG.error(
                "cannot start: the port is in use: {}:{} (or the one of --admin-port); is a server running already?"
                        + " Else choose another with --server-port or EVENTSYNC_SERVER_PORT, or 0 for any free one",
                config.host(),
                config.port());
        return ExitCode.USAGE;
    }

    private static Throwable cause(Exception e) {
        return e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
    }

    private static boolean isPortInUse(Throwable cause) {
        return cause instanceof BindException
                || (cause instanceof NativeIoException io && io.expectedErr() == EADDRINUSE);
    }

    private static <T> T get(Future<T> future, long secondsMax)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(secondsMax, TimeUnit.SECONDS);
    }

    private static void awaitQuietly(CountDownLatch latch, long secondsMax) {
        try {
            if (!latch.await(secondsMax, TimeUnit.SECONDS)) {
                LOG.warn("stopping took longer than {} s, next=exit", secondsMax);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
