package io.eventsync.loadtest.receiver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A webhook receiver that behaves as badly as it is told to.
 *
 * <pre>{@code
 * FlakyReceiver.start(vertx, ReceiverConfig.defaults().withMode("orders", "fail:5"))
 *         .compose(receiver -> deliverTo(receiver.url("orders")).compose(sent -> receiver.journal("orders")));
 * }</pre>
 */
public final class FlakyReceiver {

    /** Servers of one Vert.x share connections if their ports are equal, and a negative one stands for any free port. */
    private static final AtomicInteger FREE_PORT = new AtomicInteger(-1_000_000);

    private static final int IDS_AT_ONCE = 10_000;

    private final Vertx vertx;
    private final String host;
    private final List<String> deploymentIds;
    private final Endpoints endpoints;
    private final @Nullable RequestLog log;
    private final int port;

    private FlakyReceiver(
            Vertx vertx,
            String host,
            List<String> deploymentIds,
            Endpoints endpoints,
            @Nullable RequestLog log,
            int port) {
        this.vertx = vertx;
        this.host = host;
        this.deploymentIds = deploymentIds;
        this.endpoints = endpoints;
        this.log = log;
        this.port = port;
    }

    /** Starts a receiver; it listens when the future ends. */
    public static Future<FlakyReceiver> start(Vertx vertx, ReceiverConfig config) {
        List<ReceiverVerticle> verticles = new ArrayList<>();
        List<Future<String>> deployed = new ArrayList<>();
        for (int i = 0; i < config.eventLoops(); i++) {
            ReceiverVerticle verticle = new ReceiverVerticle();
            verticles.add(verticle);
            deployed.add(vertx.deployVerticle(verticle));
        }
        return Future.all(deployed)
                .map(all -> all.<String>list())
                .compose(ids -> Future.succeededFuture()
                        .compose(ready -> listen(vertx, config, verticles, ids))
                        .recover(failure -> undeploy(vertx, ids).transform(done -> Future.failedFuture(failure))));
    }

    private static Future<FlakyReceiver> listen(
            Vertx vertx, ReceiverConfig config, List<ReceiverVerticle> verticles, List<String> deploymentIds) {
        List<Context> owners = verticles.stream().map(ReceiverVerticle::owner).toList();
        Endpoints endpoints = new Endpoints(owners, config);
        int port = config.port() == 0 ? FREE_PORT.decrementAndGet() : config.port();
        return openLog(vertx, config.log(), owners.get(0)).compose(log -> {
            RequestLog opened = log.isEmpty() ? null : log.get(0);
            List<Future<Integer>> listening = new ArrayList<>();
            verticles.forEach(verticle -> listening.add(verticle.listen(endpoints, opened, config.host(), port)));
            return Future.all(listening)
                    .map(all -> new FlakyReceiver(
                            vertx, config.host(), deploymentIds, endpoints, opened, all.<Integer>resultAt(0)))
                    .recover(failure -> closed(opened).transform(done -> Future.failedFuture(failure)));
        });
    }

    private static Future<List<RequestLog>> openLog(Vertx vertx, @Nullable Path path, Context owner) {
        return path == null
                ? Future.succeededFuture(List.of())
                : RequestLog.open(vertx, owner, path).map(log -> List.of(log));
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Such as {@code http://127.0.0.1:9000}. */
    public String baseUrl() {
        return "http://" + host + ":" + port;
    }

    /** The address of an endpoint. */
    public String url(String endpoint) {
        return baseUrl() + "/hook/" + endpoint;
    }

    /** What every endpoint has been sent until now, by name. */
    public Future<List<EndpointCounts>> journal() {
        return endpoints.counts(vertx.getOrCreateContext());
    }

    /** What one endpoint has been sent until now. */
    public Future<EndpointCounts> journal(String endpoint) {
        return endpoints.get(endpoint).counts(vertx.getOrCreateContext());
    }

    /** The endpoint's last 100 requests, oldest first. */
    public Future<List<ReceivedRequest>> requests(String endpoint) {
        return endpoints.get(endpoint).recent(vertx.getOrCreateContext());
    }

    /** The endpoint's ids in the order they first came. */
    public Future<List<IdCount>> ids(String endpoint) {
        return ids(endpoints.get(endpoint), new ArrayList<>(), vertx.getOrCreateContext());
    }

    /** How often {@code /canary} was asked for: by who follows redirects. */
    public long canaryHits() {
        return endpoints.canaryHits();
    }

    /** Makes an endpoint behave differently from now on. */
    public void behave(String endpoint, Mode mode) {
        Endpoint changed = endpoints.get(endpoint);
        changed.behave(changed.behaviour().withMode(mode, endpoints.nowMillis()));
    }

    /** Forgets what it has been sent. */
    public Future<Void> reset() {
        return endpoints.reset(vertx.getOrCreateContext());
    }

    /** Stops listening and cuts every connection. */
    public Future<Void> close() {
        return undeploy(vertx, deploymentIds).eventually(() -> closed(log));
    }

    private static Future<List<IdCount>> ids(Endpoint endpoint, List<IdCount> found, Context home) {
        return endpoint.ids(found.size(), IDS_AT_ONCE, home).compose(page -> {
            found.addAll(page);
            return page.isEmpty() ? Future.succeededFuture(found) : ids(endpoint, found, home);
        });
    }

    private static Future<Void> closed(@Nullable RequestLog log) {
        return log == null ? Future.succeededFuture() : log.close();
    }

    private static Future<Void> undeploy(Vertx vertx, List<String> deploymentIds) {
        List<Future<Void>> undeployed = new ArrayList<>();
        deploymentIds.forEach(id -> undeployed.add(vertx.undeploy(id)));
        return Future.join(undeployed).mapEmpty();
    }
}
