package io.eventsync.server.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The Postgres of a server: an embedded one that lives as long as this does, or one at a URL. */
public final class Database implements AutoCloseable {
    private static final int IDLE_MINUTES = 10;
    private static final int LIFETIME_MINUTES = 60;
    // Both are minutes: to look every second, as is the default, would only wake the machine.
    private static final int CLEANER_MILLIS = 15_000;
    private static final int WAIT_QUEUE_MAX = 20_000;
    private static final Duration PROMPT_MAX = Duration.ofSeconds(10);
    /** Above what any may take, and bounds how many that nobody waits for any more wait in Postgres, for a lock perhaps. */
    private static final String PROMPT_STATEMENT_MAX = "30s";

    private final PgConnectOptions options;
    private final PostgresConfig config;
    private final @Nullable EmbeddedPostgres embedded;

    private Database(PgConnectOptions options, PostgresConfig config, @Nullable EmbeddedPostgres embedded) {
        this.options = options;
        this.config = config;
        this.embedded = embedded;
    }

    /** Blocks until an embedded Postgres is up; does not connect to one at a URL. */
    public static Database open(PostgresConfig config) throws EmbeddedPostgresException, InterruptedException {
        if (config.url().isPresent()) {
            return new Database(tuned(PgConnectOptions.fromUri(config.url().get())), config, null);
        }
        EmbeddedPostgres embedded = EmbeddedPostgres.start(EmbeddedPostgresConfig.at(config.dataDir())
                .withSharedBuffersMegabytes((int) (config.sharedBuffersBytes() >> 20)));
        return new Database(tuned(embedded.connectOptions(EmbeddedPostgres.DATABASE)), config, embedded);
    }

    /** Over options that exist, as tests have. */
    public static Database at(PgConnectOptions options, PostgresConfig config) {
        return new Database(tuned(new PgConnectOptions(options)), config, null);
    }

    private static PgConnectOptions tuned(PgConnectOptions options) {
        return options.setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(256)
                // A node that vanished in the middle of a transaction would hold its locks until TCP gives up.
                .addProperty("idle_in_transaction_session_timeout", "30s")
                // It compiles for tens of milliseconds what runs for one.
                .addProperty("jit", "off");
    }

    /** For connections of one's own. */
    public PgConnectOptions options() {
        return new PgConnectOptions(options);
    }

    public Pool pool(Vertx vertx) {
        return pool(vertx, options(), config.answerTimeout());
    }

    /**
     * For statements that begin to answer at once, and that everybody waits for, as where the log stands or a node's word that it lives: a
     * connection that says nothing for 10 s is given up.
     */
    public Pool promptPool(Vertx vertx) {
        return pool(
                vertx,
                options().addProperty("statement_timeout", PROMPT_STATEMENT_MAX),
                config.answerTimeout().compareTo(PROMPT_MAX) < 0 ? config.answerTimeout() : PROMPT_MAX);
    }

    private Pool pool(Vertx vertx, PgConnectOptions to, Duration answerTimeout) {
        int answerMillis = (int) answerTimeout.toMillis();
        return PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(config.poolSize())
                        .setMaxWaitQueueSize(WAIT_QUEUE_MAX)
                        .setConnectionTimeout((int) config.connectTimeout().toMillis())
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setIdleTimeout(IDLE_MINUTES)
                        .setIdleTimeoutUnit(TimeUnit.MINUTES)
                        .setMaxLifetime(LIFETIME_MINUTES)
                        .setMaxLifetimeUnit(TimeUnit.MINUTES)
                        .setPoolCleanerPeriod(CLEANER_MILLIS))
                // A peer that is gone without a word is waited for by TCP for a quarter of an hour. Writing counts
                // as life, so that a statement on a connection that was idle has all its time. The kernel gives up
                // earlier: or what it has not sent yet would come after what took its place.
                .with(new NetClientOptions()
                        .setIdleTimeout(answerMillis)
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setTcpUserTimeout(answerMillis - answerMillis / 10))
                .connectingTo(to.addProperty("application_name", "eventsync"))
                .using(vertx)
                .build();
    }

    public Future<List<Migration>> migrate(Vertx vertx) {
        return onConnection(vertx, Migrations.load()::up);
    }

    public Future<List<MigrationStatus>> migrationStatus(Vertx vertx) {
        return onConnection(vertx, Migrations.load()::status);
    }

    public Future<Void> verifyMigrations(Vertx vertx) {
        return onConnection(vertx, Migrations.load()::verify);
    }

    /** How it is set up. */
    public Future<DatabaseCondition> condition(Vertx vertx) {
        return onConnection(vertx, ConditionStore::read);
    }

    private <T> Future<T> onConnection(Vertx vertx, Function<PgConnection, Future<T>> work) {
        return PgConnection.connect(vertx, options())
                .compose(connection -> work.apply(connection).eventually(connection::close));
    }

    public boolean isEmbedded() {
        return embedded != null;
    }

    /** Watches the room on its disk, if it is the embedded one and that was not forbidden. */
    public Optional<DiskWatch> diskWatch(Vertx vertx) {
        return Optional.ofNullable(embedded)
                .filter(e -> config.diskFreeBytesMin() > 0)
                .map(e -> new DiskWatch(vertx, e.home(), config.diskFreeBytesMin()));
    }

    /** How a person reaches it with psql, if it is the embedded one. */
    public Optional<String> psqlHint() {
        return Optional.ofNullable(embedded).map(e -> e.psqlHint(EmbeddedPostgres.DATABASE));
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
