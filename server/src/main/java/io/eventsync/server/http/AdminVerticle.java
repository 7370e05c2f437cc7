package io.eventsync.server.http;

import io.eventsync.server.auth.Action;
import io.eventsync.server.auth.Authenticator;
import io.eventsync.server.auth.Credentials;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.grpc.Health;
import io.eventsync.server.grpc.StatusMapper;
import io.eventsync.server.metrics.Metrics;
import io.eventsync.server.metrics.NodeMeters;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.sqlclient.Pool;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /livez}: the process answers. {@code /readyz}: it serves, and its database answers. {@code /metrics}: for Prometheus; with
 * auth.mode required for callers that may read all tags, as the names of consumers and endpoints are in it.
 */
public final class AdminVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(AdminVerticle.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int IDLE_SECONDS = 60;
    private static final long DATABASE_MILLIS_MAX = 1_000;

    private final AdminConfig config;
    private final int publicPort;
    private final Authenticator authenticator;
    private final Health health;
    private final Pool pool;
    private final Metrics metrics;
    private final HostCheck hosts;
    private final NodeMeters node;
    private @Nullable HttpServer server;

    public AdminVerticle(
            Vertx vertx,
            AdminConfig config,
            HttpConfig http,
            Authenticator authenticator,
            Health health,
            Pool pool,
            Metrics metrics) {
        this.config = config;
        this.publicPort = http.port();
        this.authenticator = authenticator;
        this.health = health;
        this.pool = pool;
        this.metrics = metrics;
        this.hosts = new HostCheck(config.host(), http.hostSet());
        this.node = new NodeMeters(vertx, pool, metrics.registry());
    }

    @Override
    public Future<?> start() {
        return listen(config.listenPort(publicPort))
                .recover(taken -> config.isPortSet() ? Future.failedFuture(taken) : listenElsewhere(taken))
                .recover(e -> Future.failedFuture(new IllegalStateException(
                        "the port for health and metrics cannot be opened: " + e.getMessage()
                                + "; set admin.port, or admin.enabled to false",
                        e)))
                .compose(made -> {
                    server = made;
                    return node.start();
                });
    }

    private Future<HttpServer> listen(int port) {
        return vertx.createHttpServer(new HttpServerOptions()
                        .setHost(config.host())
                        .setPort(port)
                        .setIdleTimeout(IDLE_SECONDS)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS))
                .requestHandler(this::handle)
                .listen();
    }

    /** Nobody asked for the port that is taken; a second server on a machine is no reason not to start. */
    private Future<HttpServer> listenElsewhere(Throwable taken) {
        LOG.warn("admin port unusable cause={} next=take any free one; set admin.port to choose", taken.getMessage());
        return listen(0);
    }

    /** The port that is listened on. */
    public int port() {
        HttpServer open = server;
        return open == null ? 0 : open.actualPort();
    }

    private void handle(HttpServerRequest request) {
        try {
            hosts.admit(request);
            if (!Set.of(HttpMethod.GET, HttpMethod.HEAD).contains(request.method())) {
                throw Failure.of(Reason.METHOD_NOT_ALLOWED, "only GET and HEAD are known here")
                        .with("allow", "GET, HEAD");
            }
            answer(request)
                    .onComplete(
                            answer -> end(request, answer), e -> HttpErrors.answer(request, StatusMapper.failure(e)));
        } catch (Failure refused) {
            HttpErrors.answer(request, refused);
        }
    }

    private record Answer(int status, String contentType, String text) {}

    private Future<Answer> answer(HttpServerRequest request) {
        return switch (String.valueOf(request.path())) {
            case "/livez" -> Future.succeededFuture(new Answer(200, TEXT, "ok\n"));
            case "/readyz" ->
                isReady().map(why -> new Answer(why.isEmpty() ? 200 : 503, TEXT, why.orElse("ok") + "\n"));
            case "/metrics" ->
                admitted(request)
                        .compose(v -> vertx.executeBlocking(metrics::scrape))
                        .map(text -> new Answer(200, Metrics.CONTENT_TYPE, text));
            default ->
                Future.failedFuture(
                        Failure.of(Reason.ROUTE_UNKNOWN, "there are /livez, /readyz and /metrics on this port"));
        };
    }

    /** What keeps this node from doing its work; empty if nothing does. */
    private Future<Optional<String>> isReady() {
        if (!health.isServing()) {
            return Future.succeededFuture(Optional.of("not serving: starting or stopping"));
        }
        return pool.query("select 1")
                .execute()
                .timeout(DATABASE_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .map(rows -> Optional.<String>empty())
                .otherwise(e -> Optional.of("the database does not answer"));
    }

    private Future<Void> admitted(HttpServerRequest request) {
        if (!authenticator.isRequired()) {
            return Future.succeededFuture();
        }
        return authenticator
                .principal(Credentials.of(request.getHeader(HttpHeaders.AUTHORIZATION), Optional.empty()))
                .map(caller -> {
                    caller.grants().requireAll(Action.READ);
                    return null;
                });
    }

    private static void end(HttpServerRequest request, Answer answer) {
        request.response()
                .setStatusCode(answer.status())
                .putHeader("content-type", answer.contentType())
                .putHeader("cache-control", "no-store")
                .putHeader("x-content-type-options", "nosniff");
        HttpErrors.end(request, Buffer.buffer(answer.text()));
    }

    @Override
    public Future<?> stop() {
        node.close();
        HttpServer open = server;
        return open == null ? Future.succeededFuture() : open.close();
    }
}
