package io.eventsync.client;

import io.eventsync.client.internal.CanIgnoreReturnValue;
import io.eventsync.client.internal.Connections;
import io.eventsync.client.internal.GrpcStreams;
import io.eventsync.client.internal.Servers;
import io.eventsync.client.internal.Transport;
import io.eventsync.client.internal.VertxLoop;
import io.eventsync.v1.AdminServiceClient;
import io.eventsync.v1.AdminServiceGrpcClient;
import io.eventsync.v1.ConsumerServiceClient;
import io.eventsync.v1.ConsumerServiceGrpcClient;
import io.eventsync.v1.DeliveryServiceClient;
import io.eventsync.v1.DeliveryServiceGrpcClient;
import io.eventsync.v1.EndpointServiceClient;
import io.eventsync.v1.EndpointServiceGrpcClient;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceClient;
import io.eventsync.v1.EventServiceGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.util.SplittableRandom;

/** One log, on one server or several. Connects with the first call and again whenever it has to; safe for any thread. */
public final class EventSyncClient {
    private static final String USER_AGENT = "eventsync-java";

    private final Transport transport;
    private final boolean isOwnVertx;
    private final EventServiceClient events;
    private final ConsumerServiceClient consumers;
    private final EndpointServiceClient endpoints;
    private final DeliveryServiceClient deliveries;
    private final AdminServiceClient admin;
    private final OpenSubscriptions open = new OpenSubscriptions();
    private final Publishers publishers;

    private EventSyncClient(Transport transport, SocketAddress first, boolean isOwnVertx) {
        this.transport = transport;
        this.isOwnVertx = isOwnVertx;
        this.events = EventServiceGrpcClient.create(transport, first);
        this.consumers = ConsumerServiceGrpcClient.create(transport, first);
        this.endpoints = EndpointServiceGrpcClient.create(transport, first);
        this.deliveries = DeliveryServiceGrpcClient.create(transport, first);
        this.admin = AdminServiceGrpcClient.create(transport, first);
        this.publishers = new Publishers(transport);
    }

    /** A client of these servers, in plaintext: {@code connect("localhost:7300")}. */
    public static EventSyncClient connect(String... targets) {
        return connect(ClientOptions.to(targets));
    }

    /**
     * A client as these options say. Does not wait for a connection: what is wrong with the servers shows in the first call.
     *
     * @throws IllegalArgumentException if a target is not {@code host:port}
     */
    public static EventSyncClient connect(ClientOptions options) {
        Servers servers = Servers.parse(options.targets());
        Vertx vertx = options.vertx().orElseGet(Vertx::vertx);
        Transport transport = new Transport(
                vertx,
                Connections.to(servers, vertx, options.isTls(), options.trust()),
                (options.userAgent() + " " + USER_AGENT).trim(),
                options.deadline(),
                options.tokens().orElse(null));
        return new EventSyncClient(
                transport, servers.all().get(0), options.vertx().isEmpty());
    }

    /** Reads events as they come. Nothing is asked of the server before the subscription has a reader. */
    public Subscription subscribe(ReadOptions options) {
        return open.add(new Subscription(
                VertxLoop.of(transport.vertx()),
                new GrpcStreams(transport),
                options,
                transport.deadline(),
                new SplittableRandom()));
    }

    /** Calls the handler, on an event loop, with each event from now on whose tag is this one or continues it. */
    @CanIgnoreReturnValue
    public Subscription follow(String tagPrefix, Handler<Event> handler) {
        return subscribe(ReadOptions.tags(tagPrefix).ackOnDelivery()).handler(handler);
    }

    /** Reads events page by page, from the beginning of the log unless the options say otherwise. */
    public SyncLoop sync(ReadOptions options) {
        return new SyncLoop(
                VertxLoop.of(transport.vertx()),
                request -> transport.unary(
                        EventServiceGrpcClient.Sync,
                        request,
                        transport.deadline().plusSeconds(request.getWait().getSeconds())),
                options,
                new SplittableRandom());
    }

    /** A cursor that the server keeps under this name. */
    public NamedConsumer consumer(String name) {
        return new NamedConsumer(consumers, name);
    }

    /** Publishes one event with the client's own publisher, which has the default options: see {@link Publisher#publish}. */
    public Future<Published> publish(Event event) {
        return publishers.shared().publish(event);
    }

    /** A publisher of its own, with its own stream and buffer. Closed with the client at the latest. */
    public Publisher publisher(PublisherOptions options) {
        return publishers.open(options);
    }

    /** The client for plain threads. */
    public BlockingClient blocking() {
        return new BlockingClient(this, publishers);
    }

    /** The generated stub: append and read events, call by call. */
    public EventServiceClient events() {
        return events;
    }

    /** The generated stub: named cursors. */
    public ConsumerServiceClient consumers() {
        return consumers;
    }

    /** The generated stub: webhook and e-mail endpoints. */
    public EndpointServiceClient endpoints() {
        return endpoints;
    }

    /** The generated stub: what endpoints were sent. */
    public DeliveryServiceClient deliveries() {
        return deliveries;
    }

    /** The generated stub: the operator's view. */
    public AdminServiceClient admin() {
        return admin;
    }

    /** Closes the subscriptions, and the publishers, which wait for acknowledgements; then the connections; other calls under way fail. */
    public Future<Void> close() {
        return Future.join(open.close(), publishers.close())
                .eventually(transport::close)
                .eventually(() -> isOwnVertx ? transport.vertx().close() : Future.succeededFuture())
                .mapEmpty();
    }
}
