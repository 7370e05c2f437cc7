package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.v1.BatchSettings;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.DeleteEndpointRequest;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.ResumeEndpointRequest;
import io.eventsync.v1.Webhook;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The endpoints of one bench, gone when it is over. Blocks. */
final class HookEndpoints implements AutoCloseable {

    private static final long CALL_MILLIS_MAX = 30_000;
    private static final Duration CALL_MAX = Duration.ofSeconds(35);

    private final Connection connection;
    private final List<String> names = new ArrayList<>();

    HookEndpoints(Connection connection) {
        this.connection = connection;
    }

    /**
     * From now on.
     *
     * @param batchEvents 0 sends one event a request
     */
    void create(String name, String url, String prefix, boolean isPaused, int batchEvents) {
        Webhook.Builder webhook = Webhook.newBuilder().setUrl(url);
        if (batchEvents > 0) {
            webhook.setBatch(BatchSettings.newBuilder().setMaxEvents(batchEvents));
        }
        call(
                EndpointServiceGrpcClient.CreateEndpoint,
                CreateEndpointRequest.newBuilder()
                        .setPaused(isPaused)
                        .setEndpoint(Endpoint.newBuilder()
                                .setName(name)
                                .setWebhook(webhook)
                                .setFilter(Filter.newBuilder().addTagPrefixes(prefix)))
                        .build());
        names.add(name);
    }

    void resume() {
        for (String name : names) {
            call(
                    EndpointServiceGrpcClient.ResumeEndpoint,
                    ResumeEndpointRequest.newBuilder().setName(name).build());
        }
    }

    private <Q, R> void call(ServiceMethod<R, Q> method, Q request) {
        Edge.awaitDone(connection.unary(method, request, CALL_MILLIS_MAX), CALL_MAX);
    }

    @Override
    public void close() {
        for (String name : names) {
            call(
                    EndpointServiceGrpcClient.DeleteEndpoint,
                    DeleteEndpointRequest.newBuilder().setName(name).build());
        }
    }
}
