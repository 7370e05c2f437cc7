package io.eventsync.loadtest.cluster;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Retry;
import io.eventsync.v1.AdminServiceGrpcClient;
import io.eventsync.v1.GetServerInfoRequest;
import io.eventsync.v1.GetServerInfoResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers under check, and calls that go to whichever of them answers. */
public final class Cluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final long CALL_MILLIS_MAX = 10_000;
    private static final long READY_CALL_MILLIS_MAX = 2_000;
    private static final long READY_PAUSE_MILLIS = 50;

    private final List<ServerNode> nodes;
    private final List<Connection> connections = new ArrayList<>();
    private final Retry retry;
    private final Retry ready;
    private final Duration giveUpAfter;
    private final AtomicInteger turn = new AtomicInteger();
    private final Thread reaper = new Thread(this::killAll, "reaper");

    public Cluster(Vertx vertx, List<ServerNode> nodes, Duration giveUpAfter) {
        this.nodes = List.copyOf(nodes);
        this.giveUpAfter = giveUpAfter;
        this.retry = new Retry(vertx, giveUpAfter);
        this.ready = new Retry(vertx, giveUpAfter, READY_PAUSE_MILLIS);
        nodes.forEach(node -> connections.add(Connection.to(vertx, node.target())));
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    public List<ServerNode> nodes() {
        return nodes;
    }

    /** One after the other, so that one alone makes the schema. */
    public void start() {
        for (ServerNode node : nodes) {
            if (node.isOurs()) {
                node.start();
            }
            awaitReady(node);
        }
    }

    /** Blocks until it answers. */
    public void awaitReady(ServerNode node) {
        Connection connection = connections.get(nodes.indexOf(node));
        GetServerInfoResponse info = Edge.await(
                ready.run(() -> node.isAlive()
                        ? connection.unary(
                                AdminServiceGrpcClient.GetServerInfo,
                                GetServerInfoRequest.getDefaultInstance(),
                                READY_CALL_MILLIS_MAX)
                        : Future.failedFuture(new IllegalStateException("the server ended; see its log"))),
                giveUpAfter.plusSeconds(10));
        node.nodeId(info.getNodeId());
    }

    /** Tries node after node until one answers. */
    public <Q, R> Future<R> call(ServiceMethod<R, Q> method, Q request) {
        return retry.run(() -> next().unary(method, request, CALL_MILLIS_MAX));
    }

    /** The same, blocking. */
    public <Q, R> R await(ServiceMethod<R, Q> method, Q request) {
        return Edge.await(call(method, request), giveUpAfter.plusSeconds(10));
    }

    private Connection next() {
        for (int i = 0; i < nodes.size(); i++) {
            int at = Math.floorMod(turn.getAndIncrement(), nodes.size());
            if (nodes.get(at).isAlive()) {
                return connections.get(at);
            }
        }
        return connections.get(0);
    }

    private void killAll() {
        nodes.forEach(ServerNode::end);
    }

    @Override
    public void close() {
        for (ServerNode node : nodes) {
            if (!node.stop()) {
                LOG.warn("node={} did not stop in time, next=killed", node.target());
            }
        }
        Runtime.getRuntime().removeShutdownHook(reaper);
    }
}
