package io.eventsync.server.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.rpc.ErrorDetailsProto;
import io.eventsync.server.http.HttpConfig;
import io.eventsync.server.metrics.EventLoopDelay;
import io.eventsync.server.subscription.LiveLoop;
import io.eventsync.v1.AdminServiceProto;
import io.eventsync.v1.ConsumerServiceProto;
import io.eventsync.v1.DeliveryServiceProto;
import io.eventsync.v1.EndpointServiceProto;
import io.eventsync.v1.ErrorProto;
import io.eventsync.v1.EventServiceProto;
import io.grpc.health.v1.HealthProto;
import io.grpc.reflection.v1.ServerReflectionProto;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** All services of a node over gRPC and gRPC-Web. */
@SuppressWarnings("deprecation") // v1alpha reflection: deprecated, and the only one that older tools speak
public final class GrpcFront {
    private static final List<ServiceDescriptor> SERVICES = Stream.of(
                    EventServiceProto.getDescriptor(),
                    ConsumerServiceProto.getDescriptor(),
                    EndpointServiceProto.getDescriptor(),
                    DeliveryServiceProto.getDescriptor(),
                    AdminServiceProto.getDescriptor(),
                    HealthProto.getDescriptor(),
                    ServerReflectionProto.getDescriptor(),
                    io.grpc.reflection.v1alpha.ServerReflectionProto.getDescriptor())
            .map(FileDescriptor::getServices)
            .flatMap(List::stream)
            .toList();

    private final Vertx vertx;
    private final Services services;
    private final HttpConfig config;
    private final Health health = new Health(SERVICES);
    private final Reflection reflection =
            new Reflection(SERVICES, List.of(ErrorDetailsProto.getDescriptor(), ErrorProto.getDescriptor()));
    private final IngestSessions sessions = new IngestSessions();
    private final RpcMeters meters;

    public GrpcFront(Vertx vertx, Services services, HttpConfig config) {
        this.vertx = vertx;
        this.services = services;
        this.config = config;
        this.meters = new RpcMeters(services.meters());
    }

    /**
     * What one event loop answers with.
     *
     * @param grpc requests that are gRPC
     * @param calls the same methods for edges that are not
     * @param closed is told of each connection that is gone
     */
    public record LoopFront(Handler<HttpServerRequest> grpc, Calls calls, Consumer<HttpConnection> closed) {}

    /** The front of one event loop; call on its context. */
    public LoopFront open(LiveLoop loop) {
        EventLoopDelay.measure(vertx, "public", services.meters());
        GrpcServer server = GrpcServer.server(
                vertx,
                new GrpcServerOptions()
                        .setMaxMessageSize(config.requestBytesMax())
                        .setScheduleDeadlineAutomatically(false)
                        .setDeadlinePropagation(false));
        Rpc rpc = new Rpc(vertx, server, new Gate(services), meters, services.tracing(), config);
        new EventRpcs(services, sessions, loop).bind(rpc);
        new ConsumerRpcs(services).bind(rpc);
        new EndpointRpcs(services).bind(rpc);
        new DeliveryRpcs(services).bind(rpc);
        new AdminRpcs(services).bind(rpc);
        new TokenRpcs(services).bind(rpc);
        health.bind(rpc);
        reflection.bind(rpc);
        return new LoopFront(
                request -> {
                    advertiseNoCompression(request.response());
                    server.handle(isBinary(request) ? new FrameGuard(request) : request);
                },
                new Calls(rpc),
                rpc::closed);
    }

    /** Last of all: the library writes that it takes gzip, which {@link Call} refuses. */
    private static void advertiseNoCompression(HttpServerResponse response) {
        response.headersEndHandler(v -> response.headers().set("grpc-accept-encoding", "identity"));
    }

    private static boolean isBinary(HttpServerRequest request) {
        String type = request.getHeader("content-type");
        return type != null && !type.startsWith("application/grpc-web-text");
    }

    public Health health() {
        return health;
    }

    /** Tells producers with open sessions to go. */
    public void drainSessions() {
        sessions.drain();
    }
}
