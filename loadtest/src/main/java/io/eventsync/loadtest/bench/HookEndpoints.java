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
import io.vertx.core.Future;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The endpoints of one bench, gone when it is over. Blocks. */
final class HookEndpoints implements AutoCloseable {

    private static final int CALLS_AT_ONCE = 64;
    private static final long CALL_MILLIS_MAX = 30_000;
    private static final Duration CALL_MAX = Duration.ofSeconds(35);

    private final Connection connection;
    private final List<String> names = new ArrayList<>();

    HookEndpoints(Connection connection) {
        this.connection = connection;
    }

    /** One of them, as {@link #createAll} makes many. */
    void create(String name, String url, String prefix, boolean isPaused, int batchEvents) {
        createAll(List.of(name), n -> url, prefix, isPaused, batchEvents);
    }

    /**
     * From now on.
     *
     * @param url the target of the endpoint of that name
     * @param batchEvents 0 sends one event a request
     */
    void createAll(List<String> wanted, UnaryOperator<String> url, String prefix, boolean isPaused, int batchEvents) {
        names.addAll(wanted);
        callForEach(wanted, EndpointServiceGrpcClient.CreateEndpoint, name -> {
            Webhook.Builder webhook = Webhook.newBuilder().setUrl(url.apply(name));
            if (batchEvents > 0) {
                webhook.setBatch(BatchSettings.newBuilder().setMaxEvents(batchEvents));
            }
            return CreateEndpointRequest.newBuilder()
                    .setPaused(isPaused)
                    .setEndpoint(Endpoint.newBuilder()
                            .setName(name)
                            .setWebhook(webhook)
                            .setFilter(Filter.newBuilder().addTagPrefixes(prefix)))
                    .build();
        });
    }

    void resume() {
        callForEach(
                names,
                EndpointServiceGrpcClient.ResumeEndpoint,
                name -> ResumeEndpointRequest.newBuilder().setName(name).build());
    }

    private <Q, R> void callForEach(List<String> each, ServiceMethod<R, Q> method, Function<String, Q> request) {
        for (int from = 0; from < each.size(); from += CALLS_AT_ONCE) {
            List<Future<R>> calls = each.subList(from, Math.min(each.size(), from + CALLS_AT_ONCE)).stream()
                    .map(name -> connection.unary(method, request.apply(name), CALL_MILLIS_MAX))
                    .toList();
            Edge.awaitDone(Future.join(calls), CALL_MAX);
        }
    }

    @Override
    public void close() {
        callForEach(
                names,
                EndpointServiceGrpcClient.DeleteEndpoint,
                name -> DeleteEndpointRequest.newBuilder().setName(name).build());
    }
}
