package io.eventsync.server;

import io.eventsync.server.auth.Authenticator;
import io.eventsync.server.auth.Quotas;
import io.eventsync.server.compat.CompatRoutes;
import io.eventsync.server.compat.Processed;
import io.eventsync.server.consumer.Consumer;
import io.eventsync.server.consumer.Consumers;
import io.eventsync.server.delivery.AttemptWatches;
import io.eventsync.server.delivery.Deliveries;
import io.eventsync.server.delivery.DeliveryVerticle;
import io.eventsync.server.endpoint.EndpointSecrets;
import io.eventsync.server.endpoint.Endpoints;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.LogVerticle;
import io.eventsync.server.grpc.GrpcFront;
import io.eventsync.server.grpc.NodeInfo;
import io.eventsync.server.grpc.Services;
import io.eventsync.server.http.AdminVerticle;
import io.eventsync.server.http.Connections;
import io.eventsync.server.http.MoreRoutes;
import io.eventsync.server.http.Pages;
import io.eventsync.server.http.PublicVerticle;
import io.eventsync.server.metrics.Activity;
import io.eventsync.server.metrics.Metrics;
import io.eventsync.server.postgres.Database;
import io.eventsync.server.postgres.DiskWatch;
import io.eventsync.server.secret.SecretBox;
import io.eventsync.server.subscription.Poller;
import io.eventsync.server.subscription.Subscriptions;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.Starts;
import io.eventsync.server.tracing.Tracing;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node: every part is made and joined here. */
public final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    /** Connections to Postgres are closed by the other side, which may be gone. */
    private static final long CLOSE_MILLIS_MAX = 5_000;

    private final Vertx vertx;
    private final ServerConfig config;
    private final Database database;
    private final Pool pool;
    private final Pool promptPool;
    private final Optional<SecretBox> secrets;
    private final InstantSource clock;
    private final String version;
    private final List<PublicVerticle> listeners = new CopyOnWriteArrayList<>();
    private final UUID nodeId = UUID.randomUUID();
    private final List<String> deployments = new CopyOnWriteArrayList<>();
    private final Authenticator authenticator;
    private final Metrics metrics = new Metrics();
    private final Tracing tracing;
    private final Optional<DiskWatch> disk;
    private volatile @Nullable AdminVerticle admin;
    private volatile @Nullable Processed processed;
    private volatile @Nullable Activity activity;
    private volatile Running running = new Running(null, null, null);

    private record Running(
            @Nullable Subscriptions subscriptions,
            @Nullable AttemptWatches watches,
            @Nullable GrpcFront front) {}

    private Server(
            Vertx vertx,
            ServerConfig config,
            Database database,
            Optional<SecretBox> secrets,
            InstantSource clock,
            String version) {
        this.vertx = vertx;
        this.config = config;
        this.database = database;
        this.clock = clock;
        this.version = version;
        this.secrets = secrets;
        this.disk = database.diskWatch(vertx);
        this.pool = database.pool(vertx);
        this.promptPool = database.promptPool(vertx);
        this.authenticator = new Authenticator(vertx, promptPool, config.auth(), clock);
        this.tracing = Tracing.of(config.tracing(), version, nodeId.toString());
    }

    /**
     * Migrates the database, opens the log and listens.
     *
     * @param secrets seals what endpoints keep secret; without it webhooks cannot be made
     */
    public static Future<Server> start(
            Vertx vertx,
            ServerConfig config,
            Database database,
            Optional<SecretBox> secrets,
            InstantSource clock,
            String version) {
        Server server = new Server(vertx, config, database, secrets, clock, version);
        return database.migrate(vertx)
                .compose(applied -> server.authenticator.start())
                .compose(v -> server.postgresVersion())
                .compose(server::open)
                .recover(e -> server.stop().transform(stopped -> Future.failedFuture(e)));
    }

    private Future<String> postgresVersion() {
        return pool.query("select split_part(current_setting('server_version'), ' ', 1)")
                .execute()
                .map(rows -> rows.iterator().next().getString(0));
    }

    private Future<Server> open(String postgresVersion) {
        LogVerticle log = new LogVerticle(pool, promptPool, database.options(), config.log(), metrics.registry());
        return vertx.deployVerticle(log)
                .compose(id -> {
                    deployments.add(id);
                    return watchDisk(log.log());
                })
                .compose(v -> deliver(log.log()))
                .compose(delivery -> listen(log.log(), delivery, postgresVersion))
                .map(v -> this);
    }

    private Future<Void> watchDisk(EventLog log) {
        disk.ifPresent(watch -> log.refuseWhileDiskIsLow(watch::isLow));
        disk.ifPresent(watch -> Gauge.builder("eventsync.disk.free.bytes", watch, DiskWatch::freeBytes)
                .description("Room on the disk of the Postgres that the server brings")
                .register(metrics.registry()));
        return disk.map(DiskWatch::start).orElseGet(Future::succeededFuture);
    }

    private Future<DeliveryVerticle> deliver(EventLog log) {
        DeliveryVerticle delivery = new DeliveryVerticle(
                new DeliveryVerticle.Parts(
                        pool,
                        promptPool,
                        log,
                        new Cursors(log.id()),
                        new EndpointSecrets(promptPool, secrets),
                        config.delivery(),
                        config.egress(),
                        config.mail(),
                        clock,
                        version,
                        metrics.registry(),
                        tracing),
                nodeId);
        return vertx.deployVerticle(delivery).map(id -> {
            deployments.add(id);
            return delivery;
        });
    }

    private Future<Void> listen(EventLog log, DeliveryVerticle delivery, String postgresVersion) {
        Cursors cursors = new Cursors(log.id());
        Endpoints endpoints = new Endpoints(
                vertx,
                pool,
                new EndpointSecrets(pool, secrets),
                delivery,
                clock,
                config.delivery().endpointsMax(),
                delivery::hint);
        AttemptWatches watches = new AttemptWatches(
                vertx, pool, log, endpoints, clock, config.subscription().streamAgeMax());
        Consumers consumers = new Consumers(pool);
        Starts starts = new Starts(log, cursors, name -> consumers.get(name).map(Consumer::point));
        Subscriptions subscriptions =
                new Subscriptions(log, cursors, starts, config.subscription(), clock, metrics.registry());
        NodeInfo node = new NodeInfo(
                version, nodeId.toString(), clock.instant(), clock, postgresVersion, database.isEmbedded());
        Activity lately = new Activity(metrics.registry(), () -> log.head().position(), clock);
        activity = lately;
        GrpcFront front = new GrpcFront(
                vertx,
                new Services(
                        log,
                        cursors,
                        starts,
                        new Poller(log, starts, config.http().requestTimeout()),
                        subscriptions,
                        config.subscription(),
                        config.limits(),
                        consumers,
                        endpoints,
                        new Deliveries(pool, log, endpoints, delivery, config.delivery(), clock),
                        watches,
                        config.delivery(),
                        node,
                        lately,
                        config.shown(),
                        authenticator,
                        new Quotas(config.auth()),
                        metrics.registry(),
                        tracing),
                config.http());
        running = new Running(subscriptions, watches, front);
        Processed files = new Processed(vertx, pool, log, config.compat());
        processed = files;
        if (config.compat().isEnabled()) {
            files.start();
        }
        MoreRoutes more =
                config.compat().isEnabled() ? new CompatRoutes(pool, files, clock, config.shown()) : MoreRoutes.NONE;
        Connections connections = new Connections(vertx, config.http());
        Pages pages = new Pages(vertx, version);
        int loops = config.http().eventLoops() > 0
                ? config.http().eventLoops()
                : Runtime.getRuntime().availableProcessors();
        return vertx.deployVerticle(
                        () -> listener(log, front, connections, pages, more),
                        new DeploymentOptions().setInstances(loops))
                .compose(id -> {
                    deployments.add(id);
                    return administer(front);
                })
                .map(v -> {
                    lately.start(vertx);
                    front.health().serving(true);
                    LOG.info(
                            "listening host={} port={} admin_port={} log_id={} head={}",
                            host(),
                            port(),
                            adminPort(),
                            log.id(),
                            log.head().position());
                    return null;
                });
    }

    private Future<Void> administer(GrpcFront front) {
        if (!config.admin().isEnabled()) {
            return Future.succeededFuture();
        }
        AdminVerticle made =
                new AdminVerticle(vertx, config.admin(), config.http(), authenticator, front.health(), pool, metrics);
        admin = made;
        return vertx.deployVerticle(made).map(id -> {
            deployments.add(id);
            return null;
        });
    }

    private Deployable listener(EventLog log, GrpcFront front, Connections connections, Pages pages, MoreRoutes more) {
        PublicVerticle listener = new PublicVerticle(
                config.http(),
                config.tls(),
                authenticator,
                config.subscription(),
                log,
                front,
                connections,
                pages,
                more);
        listeners.add(listener);
        return listener;
    }

    public String host() {
        return config.http().host();
    }

    public int port() {
        return listeners.isEmpty() ? config.http().port() : listeners.get(0).port();
    }

    /** Of liveness, readiness and metrics; 0 if there is none. */
    public int adminPort() {
        AdminVerticle listening = admin;
        return listening == null ? 0 : listening.port();
    }

    /**
     * Says good-bye: not serving any more, streams end with their cursor, calls under way finish, then everything closes. The database
     * stays open; it is the caller's.
     */
    public Future<Void> stop() {
        Running now = running;
        if (now.front() != null) {
            now.front().health().drain();
            now.front().drainSessions();
        }
        if (now.watches() != null) {
            now.watches().drain();
        }
        Future<Void> drained = now.subscriptions() == null
                ? Future.succeededFuture()
                : now.subscriptions().drain();
        return drained.transform(v -> undeploy(deployments.size() - 1))
                .transform(v -> {
                    Processed files = processed;
                    if (files != null) {
                        files.close();
                    }
                    Activity lately = activity;
                    if (lately != null) {
                        lately.close();
                    }
                    disk.ifPresent(DiskWatch::close);
                    return authenticator.stop();
                })
                .transform(v -> Future.join(pool.close(), promptPool.close(), tracing.close())
                        .timeout(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)
                        .otherwiseEmpty())
                .<Void>mapEmpty()
                .onComplete(v -> {
                    metrics.close();
                    LOG.info("stopped");
                });
    }

    /** The last deployed first: nobody calls the log any more when it closes. */
    private Future<Void> undeploy(int last) {
        return last < 0
                ? Future.succeededFuture()
                : vertx.undeploy(deployments.get(last)).transform(v -> undeploy(last - 1));
    }
}
