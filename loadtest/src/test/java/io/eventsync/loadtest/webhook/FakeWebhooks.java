package io.eventsync.loadtest.webhook;

import com.google.protobuf.Timestamp;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.v1.AdminServiceGrpcService;
import io.eventsync.v1.Attempt;
import io.eventsync.v1.AttemptOutcome;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.CreateEndpointResponse;
import io.eventsync.v1.DeleteEndpointResponse;
import io.eventsync.v1.DeliveryServiceGrpcService;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointServiceGrpcService;
import io.eventsync.v1.EndpointStatus;
import io.eventsync.v1.Event;
import io.eventsync.v1.GetServerInfoResponse;
import io.eventsync.v1.ListAttemptsResponse;
import io.eventsync.v1.ListDeadLettersResponse;
import io.eventsync.v1.ListEndpointsResponse;
import io.eventsync.v1.ResumeEndpointResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.grpc.server.GrpcServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Deliveries of a fake server: one request at a time to each endpoint, again until it is taken. */
public final class FakeWebhooks {

    private static final long POLL_MILLIS = 2;

    private final Vertx vertx;
    private final List<Event> log;
    private final HttpClient http;
    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private final AtomicInteger toSkip = new AtomicInteger();

    private static final class Run {
        private final CreateEndpointRequest made;
        private boolean isPaused;
        private long position;
        private int number;

        Run(CreateEndpointRequest made, long position) {
            this.made = made;
            this.position = position;
            this.isPaused = made.getPaused();
        }
    }

    public FakeWebhooks(Vertx vertx, List<Event> log) {
        this.vertx = vertx;
        this.log = log;
        this.http = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(100));
    }

    /** Breaks the promise on purpose: this many events are passed over. */
    public void skip(int events) {
        toSkip.set(events);
    }

    public void register(GrpcServer grpc) {
        grpc.callHandler(
                EndpointServiceGrpcService.CreateEndpoint,
                call -> call.handler(request -> {
                    Run run = new Run(request, log.size());
                    runs.put(request.getEndpoint().getName(), run);
                    advance(run);
                    call.response().end(CreateEndpointResponse.getDefaultInstance());
                }));
        grpc.callHandler(
                EndpointServiceGrpcService.ResumeEndpoint,
                call -> call.handler(request -> {
                    Run run = runs.get(request.getName());
                    if (run != null) {
                        run.isPaused = false;
                    }
                    call.response().end(ResumeEndpointResponse.getDefaultInstance());
                }));
        grpc.callHandler(
                EndpointServiceGrpcService.DeleteEndpoint,
                call -> call.handler(request -> {
                    Object ignored = runs.remove(request.getName());
                    call.response().end(DeleteEndpointResponse.getDefaultInstance());
                }));
        grpc.callHandler(
                EndpointServiceGrpcService.ListEndpoints,
                call -> call.handler(request -> {
                    ListEndpointsResponse.Builder answer = ListEndpointsResponse.newBuilder();
                    runs.forEach((name, run) -> answer.addEndpoints(Endpoint.newBuilder()
                            .setName(name)
                            .setStatus(EndpointStatus.newBuilder().setPosition(run.position))));
                    call.response().end(answer.build());
                }));
        grpc.callHandler(
                DeliveryServiceGrpcService.ListAttempts,
                call -> call.handler(request -> call.response()
                        .end(ListAttemptsResponse.newBuilder()
                                .addAllAttempts(attempts.stream()
                                        .filter(a -> a.getEndpoint()
                                                .equals(request.getFilter().getEndpoint()))
                                        .toList())
                                .build())));
        grpc.callHandler(
                DeliveryServiceGrpcService.ListDeadLetters,
                call -> call.handler(request -> call.response().end(ListDeadLettersResponse.getDefaultInstance())));
        grpc.callHandler(
                AdminServiceGrpcService.GetServerInfo,
                call -> call.handler(request -> call.response()
                        .end(GetServerInfoResponse.newBuilder()
                                .setNodeId("fake")
                                .build())));
    }

    private void advance(Run run) {
        String name = run.made.getEndpoint().getName();
        if (runs.get(name) != run) {
            return;
        }
        ReaderFilter wanted =
                new ReaderFilter(run.made.getEndpoint().getFilter().getTagPrefixesList(), List.of());
        while (run.position < log.size()
                && !wanted.matches(log.get((int) run.position).getTag())) {
            run.position++;
        }
        if (run.isPaused || run.position == log.size()) {
            vertx.setTimer(POLL_MILLIS, id -> advance(run));
            return;
        }
        Event event = log.get((int) run.position);
        if (toSkip.get() > 0) {
            toSkip.decrementAndGet();
            run.position++;
            advance(run);
            return;
        }
        run.number++;
        post(run, event).onComplete((status, failure) -> {
            boolean isTaken = failure == null && status == 200;
            attempts.add(Attempt.newBuilder()
                    .setEndpoint(name)
                    .setEventId(event.getId())
                    .setPosition(event.getPosition())
                    .setNumber(run.number)
                    .setStatusCode(failure == null ? status : 0)
                    .setOutcome(
                            isTaken ? AttemptOutcome.ATTEMPT_OUTCOME_SUCCEEDED : AttemptOutcome.ATTEMPT_OUTCOME_FAILED)
                    .setStartTime(Timestamp.getDefaultInstance())
                    .setNodeId("fake")
                    .build());
            if (isTaken) {
                run.position++;
                run.number = 0;
            }
            advance(run);
        });
    }

    private Future<Integer> post(Run run, Event event) {
        String id = WebhookIds.of(event.getId());
        String body = "{\"type\":\"" + event.getTag() + "\",\"data\":" + event.getJson() + "}";
        long seconds = System.currentTimeMillis() / 1_000;
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(run.made.getEndpoint().getWebhook().getUrl())
                .putHeader("webhook-id", id)
                .putHeader("webhook-timestamp", Long.toString(seconds))
                .putHeader("webhook-signature", signature(run.made.getSigningSecret(), id, seconds, body))
                .putHeader("eventsync-attempt", Integer.toString(run.number));
        return http.request(options)
                .compose(request -> request.send(Buffer.buffer(body)))
                .compose(response -> response.body().map(response.statusCode()));
    }

    private static String signature(String secret, String id, long seconds, String body) {
        if (secret.isEmpty()) {
            return "none";
        }
        try {
            return new Webhook(secret).sign(id, seconds, body);
        } catch (WebhookSigningException | EmptyWebhookSecretException e) {
            throw new IllegalStateException(e);
        }
    }
}
