package io.eventsync.server.postgres;

import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One embedded Postgres per test JVM, started by the first test that asks, with a database of its own for each that asks.
 *
 * <p>It does not flush to disk, which is what makes it fast; a test about durability starts an {@link EmbeddedPostgres} of
 * its own. Its time zone is an odd one, so that code which leans on UTC fails here.
 */
public final class TestPostgres {
    /** Several JVMs run tests at once. */
    private static final Path HOME = Path.of("target", "postgres-" + System.getProperty("test.fork", "0"));
    private static final Map<String, String> FAST = Map.of(
            "fsync", "off",
            "synchronous_commit", "off",
            "full_page_writes", "off",
            "max_connections", "200",
            "timezone", "Asia/Kathmandu");

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TestPostgres() {}

    /** An empty database nobody else uses. */
    public static PgConnectOptions freshDatabase() {
        String name = "test_" + DATABASES.incrementAndGet();
        Running.SQL.execute(Running.POSTGRES.connectOptions("postgres"), "create database " + name);
        return Running.POSTGRES.connectOptions(name);
    }

    private static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres postgres =
                    EmbeddedPostgres.start(EmbeddedPostgresConfig.at(HOME).withSharedBuffersMegabytes(128), FAST);
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
    }
}
