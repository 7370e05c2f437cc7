package io.eventsync.client.internal;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The way to the servers of one client. Calls go round; a server that cannot be reached is passed over. */
public final class Connections {
    private final List<ServerConnections> servers;
    private final AtomicInteger turn = new AtomicInteger();

    private Connections(List<ServerConnections> servers) {
        this.servers = servers;
    }

    public static Connections to(Servers servers, Vertx vertx, boolean isTls, Optional<PemTrustOptions> trust) {
        return new Connections(servers.all().stream()
                .map(server -> new ServerConnections(vertx, server, isTls, trust))
                .toList());
    }

    /** Opens a call at the next server that can be reached. None of it was sent before, so that trying another is safe. */
    <Q, R> Future<GrpcClientRequest<Q, R>> open(
            BiFunction<GrpcClient, SocketAddress, Future<GrpcClientRequest<Q, R>>> call) {
        List<ServerConnections> inOrder = inOrder();
        Future<GrpcClientRequest<Q, R>> opened = inOrder.get(0).open(call);
        for (ServerConnections next : inOrder.subList(1, inOrder.size())) {
            opened = opened.recover(unreachable -> next.open(call));
        }
        return opened;
    }

    /** Those that could not be reached of late come last. */
    private List<ServerConnections> inOrder() {
        if (servers.size() == 1) {
            return servers;
        }
        List<ServerConnections> inOrder = new ArrayList<>(servers);
        Collections.rotate(inOrder, -Math.floorMod(turn.getAndIncrement(), servers.size()));
        Map<Boolean, List<ServerConnections>> byAvoided =
                inOrder.stream().collect(Collectors.partitioningBy(ServerConnections::isAvoided));
        return Stream.of(false, true)
                .flatMap(isAvoided -> byAvoided.getOrDefault(isAvoided, List.of()).stream())
                .toList();
    }

    Future<Void> close() {
        return Future.join(servers.stream().map(ServerConnections::close).toList())
                .mapEmpty();
    }
}
