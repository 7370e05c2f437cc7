package io.eventsync.server.http;

import io.eventsync.server.auth.Authenticator;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.grpc.GrpcFront;
import io.eventsync.server.subscription.LiveLoop;
import io.eventsync.server.subscription.SubscriptionConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One event loop of the public port: gRPC and gRPC-Web by their content type, everything else HTTP. */
public final class PublicVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(PublicVerticle.class);
    private static final int HEADER_BYTES_MAX = 8 * 1024;
    /** Honest gateways cancel often; the library's 200 in 30 s closes their connection with all its streams. */
    private static final int RESETS_MAX = 2_000;

    private static final int RESETS_SECONDS = 10;
    private static final int CONNECTION_WINDOW_BYTES = 1 << 20;
    private static final long CLOSE_MILLIS_MAX = 1_000;

    private final HttpConfig config;
    private final TlsConfig tls;
    private final Authenticator authenticator;
    private final SubscriptionConfig subscriptionConfig;
    private final EventLog log;
    private final GrpcFront front;
    private final Connections connections;
    private final Pages pages;
    private final MoreRoutes more;
    private @Nullable HttpServer server;
    private @Nullable LiveLoop loop;
    private @Nullable CertificateWatch certificates;

    public PublicVerticle(
            HttpConfig config,
            TlsConfig tls,
            Authenticator authenticator,
            SubscriptionConfig subscriptionConfig,
            EventLog log,
            GrpcFront front,
            Connections connections,
            Pages pages,
            MoreRoutes more) {
        this.config = config;
        this.tls = tls;
        this.authenticator = authenticator;
        this.subscriptionConfig = subscriptionConfig;
        this.log = log;
        this.front = front;
        this.connections = connections;
        this.pages = pages;
        this.more = more;
    }

    @Override
    public Future<?> start() {
        LiveLoop own = LiveLoop.start(vertx, log, subscriptionConfig);
        loop = own;
        GrpcFront.LoopFront opened = front.open(own);
        HttpFace http = new HttpFace(vertx, config, authenticator, opened.calls(), pages, more);
        Http1Timeouts timeouts = new Http1Timeouts(vertx, config);
        HttpServer made = vertx.createHttpServer(tls.isOn() ? tls.on(options()) : options());
        server = made;
        return made.connectionHandler(connection -> {
                    IdleStart.endFor(connection);
                    FlushConsolidation.addTo(connection);
                    connections.accept(
                            connection, timeouts, () -> opened.closed().accept(connection));
                })
                .requestHandler(request -> {
                    timeouts.requested(request);
                    if (!isGrpc(request)) {
                        http.handle(request);
                    } else if (!isOfBrowsers(request) || http.admits(request)) {
                        opened.grpc().handle(request);
                    }
                })
                .listen()
                .compose(listening -> tls.isOn()
                        ? CertificateWatch.start(vertx, tls, made).map(watch -> {
                            certificates = watch;
                            return null;
                        })
                        : Future.succeededFuture());
    }

    /** By its content type; what is not a POST is none that gRPC answers. */
    private static boolean isGrpc(HttpServerRequest request) {
        String type = request.getHeader("content-type");
        return type != null
                && type.startsWith("application/grpc")
                && request.method().equals(HttpMethod.POST);
    }

    /** gRPC itself is HTTP/2 with trailers, which no page can speak; gRPC-Web is made for them. */
    private static boolean isOfBrowsers(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_2
                || request.getHeader("content-type").startsWith("application/grpc-web");
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setHost(config.host())
                // A negative port is any free one, the same for all instances.
                .setPort(config.port() == 0 ? -1 : config.port())
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxInitialLineLength(HEADER_BYTES_MAX)
                .setIdleTimeout(Math.toIntExact(config.headerTimeout().toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(config.streamsPerConnectionMax())
                        .setMaxHeaderListSize(HEADER_BYTES_MAX))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
                .setHttp2RstFloodWindowDuration(RESETS_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    }

    /** The port that is listened on. */
    public int port() {
        HttpServer open = server;
        return open == null ? config.port() : open.actualPort();
    }

    @Override
    public Future<?> stop() {
        LiveLoop own = loop;
        if (own != null) {
            own.stop();
        }
        CertificateWatch watch = certificates;
        if (watch != null) {
            watch.close();
        }
        HttpServer open = server;
        return open == null
                ? Future.succeededFuture()
                : open.shutdown(config.drainTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        // Vert.x has been seen not to come to an end with it; what is deployed below waits to be
                        // closed.
                        .timeout(config.drainTimeout().toMillis() + CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)
                        .otherwise(e -> {
                            LOG.warn("the port was not closed in order cause={} next=close the rest", e.getMessage());
                            return null;
                        });
    }
}
