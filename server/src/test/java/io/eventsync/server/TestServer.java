package io.eventsync.server;

import io.eventsync.server.config.TestSettings;
import io.eventsync.server.postgres.Database;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.server.secret.SecretBox;
import io.eventsync.v1.AdminServiceGrpcClient;
import io.eventsync.v1.ConsumerServiceGrpcClient;
import io.eventsync.v1.DeliveryServiceGrpcClient;
import io.eventsync.v1.EndpointServiceGrpcClient;
import io.eventsync.v1.EventServiceGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A whole server in this JVM, on a free port and a database of its own unless one is given. Each has its own Vert.x, so that several
 * on one database are as separate as processes. Clients made here live as long as the server.
 */
public final class TestServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    /** All nodes of a database have the same key. */
    private static final SecretBox KEYS = SecretBox.ofRandomKey();

    private final PgConnectOptions options;
    private final Vertx vertx;
    private final Vertx clientVertx = Vertx.vertx();
    private final TestSql sql = new TestSql();
    private final Database database;
    private final Server server;
    private final GrpcClient client;
    private boolean isStopped;

    private TestServer(PgConnectOptions options, Map<String, String> flags, InstantSource clock) {
        Map<String, String> all =
                new HashMap<>(Map.of("server-port", "0", "server-event-loops", "2", "webhook-allow-loopback", "true"));
        all.putAll(flags);
        ServerConfig config = ServerConfig.from(TestSettings.load(ServerConfig.SETTINGS, all));
        this.options = options;
        this.vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        this.database = Database.at(options, config.postgres());
        this.server = await(Server.start(vertx, config, database, Optional.of(KEYS), clock, "test"));
        this.client = newClient();
    }

    public static TestServer start() {
        return start(Map.of());
    }

    /** With settings by the name of their flag: {@code server-ping-interval} to {@code 1s}. */
    public static TestServer start(Map<String, String> flags) {
        return start(TestPostgres.freshDatabase(), flags);
    }

    /** On a database that exists; other servers may be on it. */
    public static TestServer start(PgConnectOptions database, Map<String, String> flags) {
        return new TestServer(database, flags, Clock.systemUTC());
    }

    /** One more node on the same database. */
    public TestServer another() {
        return start(options, Map.of());
    }

    /** One more node, whose own clock is wrong by so much. */
    public TestServer another(Duration clockOffset) {
        return new TestServer(options, Map.of(), Clock.offset(Clock.systemUTC(), clockOffset));
    }

    public int port() {
        return server.port();
    }

    /** Of liveness, readiness and metrics. */
    public int adminPort() {
        return server.adminPort();
    }

    public SocketAddress address() {
        return SocketAddress.inetSocketAddress(port(), HOST);
    }

    public PgConnectOptions database() {
        return new PgConnectOptions(options);
    }

    /** The first column of every row, as text. */
    public List<String> query(String statement) {
        return sql.query(options, statement);
    }

    public void execute(String statements) {
        sql.execute(options, statements);
    }

    /** Work on a connection of its own, closed afterwards. */
    public <T> T onConnection(Function<PgConnection, Future<T>> work) {
        return sql.on(options, work);
    }

    /** The events that are stored, as the database counts them. */
    public long storedEvents() {
        return Long.parseLong(query("select count(*) from eventsync.event").get(0));
    }

    /** A client with a connection of its own. */
    public GrpcClient newClient() {
        return GrpcClient.client(clientVertx);
    }

    public EventServiceGrpcClient events() {
        return EventServiceGrpcClient.create(client, address());
    }

    public ConsumerServiceGrpcClient consumers() {
        return ConsumerServiceGrpcClient.create(client, address());
    }

    public EndpointServiceGrpcClient endpoints() {
        return EndpointServiceGrpcClient.create(client, address());
    }

    public DeliveryServiceGrpcClient deliveries() {
        return DeliveryServiceGrpcClient.create(client, address());
    }

    public AdminServiceGrpcClient admin() {
        return AdminServiceGrpcClient.create(client, address());
    }

    public static <T> T await(Future<T> future) {
        return TestSql.await(future);
    }

    /** Ends the server as a signal would; what talks to its database goes on. */
    public void stop() {
        if (!isStopped) {
            isStopped = true;
            try {
                await(server.stop());
            } finally {
                await(vertx.close()); // from here: an event loop that closes itself may have nobody left to say so
                database.close();
            }
        }
    }

    /** Ends the server without a word to anybody. */
    public void kill() {
        if (!isStopped) {
            isStopped = true;
            await(vertx.close());
            database.close();
        }
    }

    @Override
    public void close() {
        await(clientVertx.close());
        stop();
        sql.close();
    }
}
