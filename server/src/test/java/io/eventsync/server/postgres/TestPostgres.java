package io.eventsync.server.postgres;

import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One embedded Postgres per test JVM, started by the first test that asks, with a database of its own for each that asks.
 *
 * <p>It does not flush to disk, which is what makes it fast; a test about durability starts an {@link EmbeddedPostgres} of
 * its own. Nothing vacuums its many databases of a moment. Its time zone is an odd one, so that code which leans on UTC fails here.
 */
public final class TestPostgres {
    private static final int JVMS_MAX = 16;
    private static final Map<String, String> FAST = Map.of(
            "fsync", "off",
            "synchronous_commit", "off",
            "full_page_writes", "off",
            "autovacuum", "off",
            "max_connections", "200",
            "timezone", "Asia/Kathmandu");

    private static final AtomicInteger DATABASES = new AtomicInteger();

    /** Open as long as the JVM runs. */
    private static final List<FileChannel> LOCKS = new CopyOnWriteArrayList<>();

    private TestPostgres() {}

    /** A database with the schema and an empty log, that nobody else uses. */
    public static PgConnectOptions freshDatabase() {
        PgConnectOptions database = create(" template " + Running.MIGRATED);
        Running.SQL.execute(database, "update eventsync.log set log_id = gen_random_uuid(), created_at = now()");
        return database;
    }

    /** One without a schema. */
    public static PgConnectOptions emptyDatabase() {
        return create("");
    }

    private static PgConnectOptions create(String like) {
        String name = "test_" + DATABASES.incrementAndGet();
        Running.SQL.execute(Running.POSTGRES.connectOptions("postgres"), "create database " + name + like);
        return Running.POSTGRES.connectOptions(name);
    }

    /** To copy it takes a fraction of the time to migrate one. */
    private static String migrated(EmbeddedPostgres postgres, TestSql sql) {
        String name = "test_migrated";
        sql.execute(postgres.connectOptions("postgres"), "create database " + name);
        Object unused = sql.on(postgres.connectOptions(name), Migrations.load()::up);
        return name;
    }

    /** A folder that no other JVM with tests has; the lock lasts as long as this one. */
    private static Path home() {
        for (int number = 1; number <= JVMS_MAX; number++) {
            Path home = Path.of("target", "postgres-" + number);
            try {
                Files.createDirectories(home.toAbsolutePath().getParent());
                FileChannel lock = FileChannel.open(
                        home.resolveSibling(home.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                if (lock.tryLock() != null) {
                    LOCKS.add(lock);
                    return home;
                }
                lock.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("more than " + JVMS_MAX + " JVMs run tests here");
    }

    /** The same for clients that do not know sockets in folders, such as JDBC's. */
    public static PgConnectOptions freshTcpDatabase() {
        String name = freshDatabase().getDatabase();
        return Running.POSTGRES.tcpConnectOptions(name).orElseThrow();
    }

    private static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.start(
                    EmbeddedPostgresConfig.at(home())
                            .withSharedBuffersMegabytes(128)
                            .withTcp(true),
                    FAST);
            Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
            return postgres;
        } catch (EmbeddedPostgresException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Databases of the run before are still there, since starting on them is quicker than making a cluster. */
    private static TestSql withoutOldDatabases(EmbeddedPostgres postgres) {
        TestSql sql = new TestSql();
        PgConnectOptions admin = postgres.connectOptions("postgres");
        sql.query(admin, "select datname from pg_database where datname like 'test\\_%'")
                .forEach(name -> sql.execute(admin, "drop database " + name));
        return sql;
    }

    private static final class Running {
        static final EmbeddedPostgres POSTGRES = start();
        static final TestSql SQL = withoutOldDatabases(POSTGRES);
        static final String MIGRATED = migrated(POSTGRES, SQL);
    }
}
