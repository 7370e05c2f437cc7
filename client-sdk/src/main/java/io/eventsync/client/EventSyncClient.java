package io.eventsync.client;

import io.eventsync.v1.AdminServiceGrpcClient;
import io.eventsync.v1.ConsumerServiceGrpcClient;
import io.eventsync.v1.DeliveryServiceGrpcClient;
import io.eventsync.v1.EndpointServiceGrpcClient;
import io.eventsync.v1.EventServiceGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;

/** The services of one server, in plaintext. Connects with the first call and again whenever it has to; safe for any thread. */
public final class EventSyncClient {
    private final GrpcClient connections;
    private final EventServiceGrpcClient events;
    private final ConsumerServiceGrpcClient consumers;
    private final EndpointServiceGrpcClient endpoints;
    private final DeliveryServiceGrpcClient deliveries;
    private final AdminServiceGrpcClient admin;

    private EventSyncClient(GrpcClient connections, SocketAddress server) {
        this.connections = connections;
        this.events = EventServiceGrpcClient.create(connections, server);
        this.consumers = ConsumerServiceGrpcClient.create(connections, server);
        this.endpoints = EndpointServiceGrpcClient.create(connections, server);
        this.deliveries = DeliveryServiceGrpcClient.create(connections, server);
        this.admin = AdminServiceGrpcClient.create(connections, server);
    }

    /**
     * A client of the server at this address.
     *
     * @param vertx what the calls run on; stays the caller's
     * @param host a name or an address
     * @param port 1 to 65535; a server listens on 7300 unless told otherwise
     */
    public static EventSyncClient connect(Vertx vertx, String host, int port) {
        return new EventSyncClient(GrpcClient.client(vertx), SocketAddress.inetSocketAddress(port, host));
    }

    /** Append and read events. */
    public EventServiceGrpcClient events() {
        return events;
    }

    /** Named cursors. */
    public ConsumerServiceGrpcClient consumers() {
        return consumers;
    }

    /** Webhook and e-mail endpoints. */
    public EndpointServiceGrpcClient endpoints() {
        return endpoints;
    }

    /** What endpoints were sent. */
    public DeliveryServiceGrpcClient deliveries() {
        return deliveries;
    }

    /** The operator's view. */
    public AdminServiceGrpcClient admin() {
        return admin;
    }

    /** Closes the connections; calls under way fail. */
    public Future<Void> close() {
        return connections.close();
    }
}
