package io.eventsync.server.grpc;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.eventsync.server.failure.Failure;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** grpc.health.v1 of a node: the empty name and each service serve together or not at all. */
public final class Health {
    private static final String SERVICE = "grpc.health.v1.Health/";
    private static final int WATCHERS_MAX = 10_000;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Set<String> services = new TreeSet<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private volatile ServingStatus status = ServingStatus.NOT_SERVING;

    Health(List<ServiceDescriptor> services) {
        this.services.add("");
        services.forEach(service -> this.services.add(service.getFullName()));
    }

    private record Watcher(Call call, Context context, boolean isKnown) {
        void tell(ServingStatus status) {
            if (isKnown) {
                context.runOnContext(v -> call.write(response(status)));
            }
        }

        void bye() {
            context.runOnContext(v -> call.fail(EventRpcs.draining(RETRY_AFTER)));
        }
    }

    public boolean isServing() {
        return status == ServingStatus.SERVING;
    }

    /** Tells every watcher if it is news. */
    public void serving(boolean isServing) {
        ServingStatus now = isServing ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        if (now != status) {
            status = now;
            watchers.forEach(watcher -> watcher.tell(now));
        }
    }

    /** Serves no more, and ends all watches: a server that stops would wait for them. */
    public void drain() {
        serving(false);
        watchers.forEach(Watcher::bye);
    }

    void bind(Rpc rpc) {
        rpc.unary(SERVICE + "Check", HealthCheckRequest.parser(), (request, call) -> check(request));
        rpc.stream(SERVICE + "Watch", HealthCheckRequest.parser(), this::watch);
    }

    private Future<Buffer> check(HealthCheckRequest request) {
        return services.contains(request.getService())
                ? Rpc.encoded(response(status))
                : Future.failedFuture(Failure.notFound("service", request.getService()));
    }

    private void watch(HealthCheckRequest request, Call call) {
        if (watchers.size() >= WATCHERS_MAX) {
            throw Failure.of(io.eventsync.server.failure.Reason.LIMIT_REACHED, "too many health watchers");
        }
        boolean isKnown = services.contains(request.getService());
        Watcher watcher = new Watcher(call, Vertx.currentContext(), isKnown);
        watchers.add(watcher);
        call.onEnd(() -> watchers.remove(watcher));
        // The protocol wants a stream about an unknown service to stay open: the service might come.
        call.write(response(isKnown ? status : ServingStatus.SERVICE_UNKNOWN));
    }

    private static HealthCheckResponse response(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }
}
