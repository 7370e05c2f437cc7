package io.eventsync.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.LongRun;
import io.eventsync.server.TestServer;
import io.eventsync.server.auth.GrantModel.Caller;
import io.eventsync.server.auth.GrantQuestions.Question;
import io.eventsync.server.auth.TestCalls.Answer;
import io.eventsync.server.auth.TestCalls.Face;
import io.eventsync.server.delivery.TestReceiver;
import io.eventsync.v1.Action;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Consumer;
import io.eventsync.v1.CreateConsumerRequest;
import io.eventsync.v1.CreateConsumerResponse;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.CreateEndpointResponse;
import io.eventsync.v1.CreateTokenRequest;
import io.eventsync.v1.CreateTokenResponse;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.ExponentialBackoff;
import io.eventsync.v1.Filter;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.PauseEndpointRequest;
import io.eventsync.v1.PauseEndpointResponse;
import io.eventsync.v1.RetryPolicy;
import io.eventsync.v1.Start;
import io.eventsync.v1.Token;
import io.eventsync.v1.UpdateEndpointRequest;
import io.eventsync.v1.UpdateEndpointResponse;
import io.eventsync.v1.Webhook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** X2 through the whole server: callers with random rights ask random questions over sockets, and an oracle knows the answers. */
@Timeout(120)
class RandomGrantsIT {
    private static final long SEED = Long.getLong("eventsync.test.seed", 20261121);
    private static final int QUESTIONS = LongRun.or(300, 3_600);
    private static final int CALLERS = 40;
    private static final int EVENTS = 300;
    private static final int ENDPOINTS = 10;
    private static final String ADMIN = "admin-token-of-this-test-0123456789";
    private static final Caller ALL = new Caller(ADMIN, List.of("admin:*"));

    private final TestServer server = TestServer.start(Map.of("auth-mode", "required", "auth-admin-token", ADMIN));
    private final TestReceiver receiver = new TestReceiver();
    private final Random random = new Random(SEED);
    private final GrantModel model = new GrantModel(server);
    private final GrantQuestions ask = new GrantQuestions(model, random, new TestCalls(server));
    private final EventGrantQuestions events = new EventGrantQuestions(ask);

    @AfterEach
    void close() {
        model.close();
        server.close();
        receiver.close();
    }

    @Test
    void X2_noAnswerTellsWhatIsNotGranted_andNoneLacksWhatIs() {
        List<Caller> callers = callers();
        fill();
        DeliveryGrantQuestions deliveries =
                new DeliveryGrantQuestions(ask, events, model.attempts(), model.deadLetters());
        List<Question> questions = Stream.of(events.all(), deliveries.all(), new OlderGrantQuestions(ask).all())
                .flatMap(List::stream)
                .toList();

        for (int n = 0; n < QUESTIONS; n++) {
            Question question = ask.pick(questions);
            Caller caller = ask.pick(callers, question.action());
            try {
                question.ask().accept(caller);
            } catch (AssertionError e) {
                throw new AssertionError(
                        "-Deventsync.test.seed=" + SEED + " question " + n + " of " + caller.grants(), e);
            }
        }

        assertThat(ask.made()).isGreaterThan(QUESTIONS);
        assertThat(ask.refused()).isBetween(ask.made() / 10, ask.made() * 9 / 10);
    }

    private List<Caller> callers() {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Token.Builder token = Token.newBuilder().setDisplayName("caller " + i);
            List<String> grants = new ArrayList<>();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                String action = ask.pick(List.of("ingest", "read", "read", "deliver", "deliver", "admin"));
                String tag = ask.tag();
                String prefix = random.nextInt(8) == 0 ? "" : random.nextBoolean() ? tag : tag.split("\\.", -1)[0];
                grants.add(action + ":" + (prefix.isEmpty() ? "*" : prefix));
                token.addGrants(io.eventsync.v1.Grant.newBuilder()
                        .setAction(Action.valueOf("ACTION_" + action.toUpperCase(java.util.Locale.ROOT)))
                        .setTagPrefix(prefix));
            }
            Answer made = asked(
                    CreateTokenRequest.newBuilder().setToken(token).build(), CreateTokenResponse.getDefaultInstance());
            callers.add(new Caller(((CreateTokenResponse) made.only()).getSecret(), grants));
        }
        return callers;
    }

    private Answer asked(com.google.protobuf.Message request, com.google.protobuf.Message like) {
        Answer answer = ask.ask(Face.GRPC, ALL, "admin", request, like);
        assertThat(answer.reason()).as(answer.text()).isEmpty();
        return answer;
    }

    private void admin(com.google.protobuf.Message request, com.google.protobuf.Message like) {
        assertThat(asked(request, like)).isNotNull();
    }

    /** A log, consumers, and endpoints that have delivered it and are paused, so that the answers to come stand still. */
    private void fill() {
        admin(events.batch(EVENTS), IngestBatchResponse.getDefaultInstance());
        model.refresh();
        for (int i = 0; i < ENDPOINTS; i++) {
            consumer(ask.newName("con"), filter());
            endpoint(ask.newName("end"), filter());
        }
        long expected = model.endpoints.values().stream()
                .map(prefixes -> Filter.newBuilder().addAllTagPrefixes(prefixes).build())
                .mapToLong(filter -> model.seen(ALL, "deliver", filter).size())
                .sum();
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        server.query("select count(*) from eventsync.attempts where outcome in ('SUCCEEDED', 'FAILED')")
                                        .equals(List.of(Long.toString(expected)))
                                && server.query("select count(*) from eventsync.deliveries")
                                        .equals(List.of("0")));
        model.endpoints
                .keySet()
                .forEach(name -> admin(
                        PauseEndpointRequest.newBuilder().setName(name).build(),
                        PauseEndpointResponse.getDefaultInstance()));
        narrowSome();
        assertThat(model.deadLetters()).isNotEmpty();
        model.refresh();
    }

    private Filter filter() {
        Filter.Builder filter = Filter.newBuilder().addTagPrefixes(ask.tag());
        if (random.nextBoolean()) {
            filter.addTagPrefixes(ask.tag());
        }
        return filter.build();
    }

    private void consumer(String name, Filter filter) {
        admin(
                CreateConsumerRequest.newBuilder()
                        .setConsumer(Consumer.newBuilder().setName(name).setFilter(filter))
                        .build(),
                CreateConsumerResponse.getDefaultInstance());
        model.consumers.put(name, filter.getTagPrefixesList());
    }

    /** One in three deliveries fails, and is not tried again. */
    private void endpoint(String name, Filter filter) {
        receiver.answer(
                "/" + name,
                request -> Math.floorMod(request.header("webhook-id").hashCode(), 3) == 0 ? 500 : 200);
        com.google.protobuf.Duration second =
                com.google.protobuf.Duration.newBuilder().setSeconds(1).build();
        admin(
                CreateEndpointRequest.newBuilder()
                        .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING))
                        .setEndpoint(Endpoint.newBuilder()
                                .setName(name)
                                .setFilter(filter)
                                .setRetryPolicy(RetryPolicy.newBuilder()
                                        .setExponential(ExponentialBackoff.newBuilder()
                                                .setInitialDelay(second)
                                                .setFactor(1)
                                                .setMaxDelay(second)
                                                .setMaxAttempts(1)))
                                .setWebhook(Webhook.newBuilder().setUrl(receiver.url("/" + name))))
                        .build(),
                CreateEndpointResponse.getDefaultInstance());
        model.endpoints.put(name, filter.getTagPrefixesList());
    }

    /** Of what these had before, their owners of today see only what they may. */
    private void narrowSome() {
        List<String> names = List.copyOf(model.endpoints.keySet());
        for (String name : names.subList(0, ENDPOINTS / 2)) {
            Filter filter = Filter.newBuilder().addTagPrefixes(ask.tag()).build();
            admin(
                    UpdateEndpointRequest.newBuilder()
                            .setEndpoint(Endpoint.newBuilder().setName(name).setFilter(filter))
                            .setUpdateMask(
                                    com.google.protobuf.FieldMask.newBuilder().addPaths("filter"))
                            .build(),
                    UpdateEndpointResponse.getDefaultInstance());
            model.endpoints.put(name, filter.getTagPrefixesList());
        }
    }
}
