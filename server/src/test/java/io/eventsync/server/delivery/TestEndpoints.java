package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;

import com.google.protobuf.Duration;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Attempt;
import io.eventsync.v1.AttemptFilter;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointState;
import io.eventsync.v1.EndpointStatus;
import io.eventsync.v1.Event;
import io.eventsync.v1.ExponentialBackoff;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetEndpointRequest;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.ListAttemptsRequest;
import io.eventsync.v1.RetryPolicy;
import io.eventsync.v1.Webhook;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Endpoints of a server that send to one receiver, each under its own path. */
final class TestEndpoints {
    private final TestServer server;
    private final TestReceiver receiver;
    private final Map<String, String> secrets = new ConcurrentHashMap<>();

    TestEndpoints(TestServer server, TestReceiver receiver) {
        this.server = server;
        this.receiver = receiver;
    }

    /** For the tags below its name in capitals. */
    void create(String name) {
        create(name, endpoint -> endpoint);
    }

    void create(String name, UnaryOperator<Endpoint.Builder> more) {
        Endpoint.Builder endpoint = Endpoint.newBuilder()
                .setName(name)
                .setFilter(Filter.newBuilder().addTagPrefixes(tag(name)))
                .setRetryPolicy(quick(10))
                .setWebhook(Webhook.newBuilder().setUrl(receiver.url("/" + name)));
        create(CreateEndpointRequest.newBuilder().setEndpoint(more.apply(endpoint)));
    }

    void create(CreateEndpointRequest.Builder request) {
        String secret =
                await(server.endpoints().createEndpoint(request.build())).getSigningSecret();
        secrets.put(request.getEndpoint().getName(), secret);
    }

    /** As it was shown when the endpoint was made. */
    String secret(String name) {
        return secrets.getOrDefault(name, "");
    }

    static String tag(String name) {
        return name.toUpperCase(java.util.Locale.ROOT);
    }

    /** Retries at once, nearly. */
    static RetryPolicy.Builder quick(int attempts) {
        return RetryPolicy.newBuilder()
                .setExponential(ExponentialBackoff.newBuilder()
                        .setInitialDelay(millis(20))
                        .setFactor(1)
                        .setMaxDelay(millis(20))
                        .setMaxAttempts(attempts));
    }

    static Duration millis(int millis) {
        return Duration.newBuilder()
                .setSeconds(millis / 1_000)
                .setNanos(millis % 1_000 * 1_000_000)
                .build();
    }

    /** Ingests events {@code <name>-<i>} for an endpoint, with the key {@code i % keys}. */
    void ingest(String name, int from, int to, int keys) {
        List<Event> events = IntStream.range(from, to)
                .mapToObj(i -> Event.newBuilder()
                        .setId(name + "-" + i)
                        .setTag(tag(name))
                        .setKey("k" + i % keys)
                        .setJson("{\"n\":" + i + "}")
                        .build())
                .toList();
        for (int i = 0; i < events.size(); i += 1_000) {
            Object unused = await(server.events()
                    .ingestBatch(IngestBatchRequest.newBuilder()
                            .addAllEvents(events.subList(i, Math.min(events.size(), i + 1_000)))
                            .build()));
        }
    }

    void ingest(String name, int to) {
        ingest(name, 0, to, 1);
    }

    List<TestReceiver.Received> received(String name) {
        return receiver.received().stream()
                .filter(r -> r.path().equals("/" + name))
                .toList();
    }

    /** The event ids in the order in which they came. */
    List<String> ids(String name) {
        return received(name).stream()
                .map(r -> r.header("webhook-id").substring("evt_".length()))
                .toList();
    }

    Endpoint get(String name) {
        return await(server.endpoints()
                        .getEndpoint(
                                GetEndpointRequest.newBuilder().setName(name).build()))
                .getEndpoint();
    }

    EndpointStatus status(String name) {
        return get(name).getStatus();
    }

    EndpointState state(String name) {
        return status(name).getState();
    }

    /** The latest first. */
    List<Attempt> attempts(String name) {
        return await(server.deliveries()
                        .listAttempts(ListAttemptsRequest.newBuilder()
                                .setFilter(AttemptFilter.newBuilder().setEndpoint(name))
                                .setPageSize(1_000)
                                .build()))
                .getAttemptsList();
    }
}
