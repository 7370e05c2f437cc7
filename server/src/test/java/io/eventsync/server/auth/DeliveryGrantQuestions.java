package io.eventsync.server.auth;

import static io.eventsync.server.auth.GrantQuestions.FORBIDDEN;
import static io.eventsync.server.auth.GrantQuestions.INVALID;
import static io.eventsync.server.auth.GrantQuestions.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.eventsync.server.auth.GrantModel.Caller;
import io.eventsync.server.auth.GrantModel.Known;
import io.eventsync.server.auth.GrantQuestions.Question;
import io.eventsync.server.auth.TestCalls.Answer;
import io.eventsync.server.auth.TestCalls.Face;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.AttemptFilter;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.CreateEndpointResponse;
import io.eventsync.v1.DeadLetterFilter;
import io.eventsync.v1.DeadLetterGroup;
import io.eventsync.v1.DeleteEndpointRequest;
import io.eventsync.v1.DeleteEndpointResponse;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.ExplainDeliveryRequest;
import io.eventsync.v1.ExplainDeliveryResponse;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetEndpointRequest;
import io.eventsync.v1.GetEndpointResponse;
import io.eventsync.v1.GetSigningKeysRequest;
import io.eventsync.v1.GetSigningKeysResponse;
import io.eventsync.v1.ListAttemptsRequest;
import io.eventsync.v1.ListAttemptsResponse;
import io.eventsync.v1.ListDeadLettersRequest;
import io.eventsync.v1.ListDeadLettersResponse;
import io.eventsync.v1.ListDeliveriesRequest;
import io.eventsync.v1.ListDeliveriesResponse;
import io.eventsync.v1.ListEndpointsRequest;
import io.eventsync.v1.ListEndpointsResponse;
import io.eventsync.v1.PauseEndpointRequest;
import io.eventsync.v1.PauseEndpointResponse;
import io.eventsync.v1.PreviewFilterRequest;
import io.eventsync.v1.PreviewFilterResponse;
import io.eventsync.v1.ReplayDeadLettersRequest;
import io.eventsync.v1.ReplayDeadLettersResponse;
import io.eventsync.v1.RetryDeliveryRequest;
import io.eventsync.v1.RetryDeliveryResponse;
import io.eventsync.v1.RotateEndpointSecretRequest;
import io.eventsync.v1.RotateEndpointSecretResponse;
import io.eventsync.v1.SeekEndpointRequest;
import io.eventsync.v1.SeekEndpointResponse;
import io.eventsync.v1.SendTestEventRequest;
import io.eventsync.v1.SendTestEventResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SummarizeDeadLettersRequest;
import io.eventsync.v1.SummarizeDeadLettersResponse;
import io.eventsync.v1.UpdateEndpointRequest;
import io.eventsync.v1.UpdateEndpointResponse;
import io.eventsync.v1.WatchAttemptsRequest;
import io.eventsync.v1.WatchAttemptsResponse;
import io.eventsync.v1.Webhook;
import java.util.ArrayList;
import java.util.List;

/** Questions about endpoints, and about what became of events there. All endpoints are paused: nothing changes that is not asked for. */
final class DeliveryGrantQuestions {
    private static final String ACTION = "deliver";

    private final GrantQuestions ask;
    private final GrantModel model;
    private final EventGrantQuestions events;
    private final List<Known> attempts;
    private final List<Known> letters;

    DeliveryGrantQuestions(GrantQuestions ask, EventGrantQuestions events, List<Known> attempts, List<Known> letters) {
        this.ask = ask;
        this.model = ask.model;
        this.events = events;
        this.attempts = attempts;
        this.letters = letters;
    }

    List<Question> all() {
        return List.of(
                new Question(ACTION, this::createEndpoint),
                new Question(ACTION, this::oneEndpoint),
                new Question(ACTION, this::listEndpoints),
                new Question(ACTION, this::hiddenEndpoint),
                new Question(ACTION, this::preview),
                new Question(ACTION, this::listDeliveries),
                new Question(ACTION, this::listAttempts),
                new Question(ACTION, this::watchAttempts),
                new Question(ACTION, this::listDeadLetters),
                new Question(ACTION, this::countDeadLetters),
                new Question(ACTION, this::summarizeDeadLetters),
                new Question(ACTION, this::explain));
    }

    private boolean isSeen(Caller caller, String endpoint) {
        return model.endpoints.containsKey(endpoint) && caller.covers(ACTION, model.endpoints.get(endpoint));
    }

    private void createEndpoint(Caller caller) {
        Filter filter =
                Filter.newBuilder().addAllTagPrefixes(ask.prefixes(caller)).build();
        String name = ask.newName("end");
        CreateEndpointRequest request = CreateEndpointRequest.newBuilder()
                .setPaused(true)
                .setEndpoint(Endpoint.newBuilder()
                        .setName(name)
                        .setFilter(filter)
                        .setWebhook(Webhook.newBuilder().setUrl("http://127.0.0.1:9/")))
                .build();

        Answer answer = ask.ask(caller, ACTION, request, CreateEndpointResponse.getDefaultInstance());

        boolean isGranted = caller.mayAsk(ACTION, filter.getTagPrefixesList());
        assertThat(answer.reason()).isEqualTo(isGranted ? "" : FORBIDDEN);
        if (isGranted) {
            Filter stored =
                    ((CreateEndpointResponse) answer.only()).getEndpoint().getFilter();
            model.endpoints.put(name, stored.getTagPrefixesList());
            events.requireSameMatches(caller, ACTION, filter, stored);
            model.refresh();
        }
    }

    private void oneEndpoint(Caller caller) {
        String name = ask.name(model.endpoints, caller, ACTION);
        String expected = isSeen(caller, name) ? "" : NOT_FOUND;
        requireReason(
                caller,
                expected,
                GetEndpointRequest.newBuilder().setName(name).build(),
                GetEndpointResponse.getDefaultInstance());
        requireReason(
                caller,
                expected,
                GetSigningKeysRequest.newBuilder().setName(name).build(),
                GetSigningKeysResponse.getDefaultInstance());
    }

    private void requireReason(Caller caller, String reason, Message request, Message like) {
        assertThat(ask.ask(caller, ACTION, request, like).reason())
                .as("%s asks %s", caller.grants(), request)
                .isEqualTo(reason);
    }

    private void listEndpoints(Caller caller) {
        ListEndpointsRequest.Builder request =
                ListEndpointsRequest.newBuilder().setPageSize(1 + ask.random.nextInt(10));
        List<String> names = new ArrayList<>();
        do {
            Answer answer = ask.ask(caller, ACTION, request.build(), ListEndpointsResponse.getDefaultInstance());
            assertThat(answer.reason()).isEqualTo(caller.mayAny(ACTION) ? "" : FORBIDDEN);
            if (!answer.reason().isEmpty()) {
                return;
            }
            ListEndpointsResponse page = (ListEndpointsResponse) answer.only();
            page.getEndpointsList().forEach(one -> names.add(one.getName()));
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());

        assertThat(names)
                .isEqualTo(model.endpoints.keySet().stream()
                        .filter(name -> isSeen(caller, name))
                        .toList());
    }

    /** What would change it does not even say that it is there. */
    private void hiddenEndpoint(Caller caller) {
        String name = ask.name(model.endpoints.keySet());
        if (isSeen(caller, name)) {
            return;
        }
        String event = ask.pick(model.events).id();
        requireReason(
                caller,
                NOT_FOUND,
                PauseEndpointRequest.newBuilder().setName(name).build(),
                PauseEndpointResponse.getDefaultInstance());
        requireReason(
                caller,
                NOT_FOUND,
                DeleteEndpointRequest.newBuilder().setName(name).build(),
                DeleteEndpointResponse.getDefaultInstance());
        requireReason(
                caller,
                NOT_FOUND,
                RotateEndpointSecretRequest.newBuilder().setName(name).build(),
                RotateEndpointSecretResponse.getDefaultInstance());
        requireReason(
                caller,
                NOT_FOUND,
                SeekEndpointRequest.newBuilder()
                        .setName(name)
                        .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING))
                        .build(),
                SeekEndpointResponse.getDefaultInstance());
        requireReason(
                caller,
                NOT_FOUND,
                SendTestEventRequest.newBuilder()
                        .setName(name)
                        .setEventId(event)
                        .build(),
                SendTestEventResponse.getDefaultInstance());
        requireReason(
                caller,
                NOT_FOUND,
                RetryDeliveryRequest.newBuilder()
                        .setEndpoint(name)
                        .setEventId(event)
                        .build(),
                RetryDeliveryResponse.getDefaultInstance());
        assertThat(ask.ask(
                                Face.GRPC,
                                caller,
                                ACTION,
                                UpdateEndpointRequest.newBuilder()
                                        .setEndpoint(Endpoint.newBuilder()
                                                .setName(name)
                                                .setDescription("mine"))
                                        .build(),
                                UpdateEndpointResponse.getDefaultInstance())
                        .reason())
                .isEqualTo(NOT_FOUND);
    }

    private void preview(Caller caller) {
        Filter filter = ask.filter(caller);
        PreviewFilterRequest request = PreviewFilterRequest.newBuilder()
                .setFilter(filter)
                .setLastEvents(100_000)
                .setMaxSamples(100)
                .build();

        Answer answer = ask.ask(caller, ACTION, request, PreviewFilterResponse.getDefaultInstance());

        boolean isGranted = caller.mayAsk(ACTION, filter.getTagPrefixesList());
        assertThat(answer.reason()).isEqualTo(isGranted ? "" : FORBIDDEN);
        if (isGranted) {
            PreviewFilterResponse preview = (PreviewFilterResponse) answer.only();
            ask.requireCount(
                    caller.grants() + " previews " + filter,
                    preview.getMatchedEvents(),
                    () -> model.seen(caller, ACTION, filter));
            assertThat(preview.getSamplesList()).hasSize((int) Math.min(100, preview.getMatchedEvents()));
            assertThat(preview.getSamplesList()).allMatch(event -> caller.may(ACTION, event.getTag()));
        }
    }

    // ---- what became of events ----

    /** Empty for no endpoint in particular. */
    private String endpointOrNone(Caller caller) {
        String name = ask.name(model.endpoints, caller, ACTION);
        boolean isNone = caller.mayAll(ACTION)
                ? ask.random.nextBoolean() || !model.endpoints.containsKey(name)
                : ask.random.nextInt(6) == 0;
        return isNone ? "" : name;
    }

    /** How a question about deliveries is refused; empty if it is not. */
    private String refusal(Caller caller, String endpoint, List<String> prefixes) {
        if (!caller.mayAsk(ACTION, prefixes)) {
            return FORBIDDEN;
        }
        if (endpoint.isEmpty()) {
            return caller.mayAll(ACTION) ? "" : INVALID;
        }
        return isSeen(caller, endpoint) ? "" : NOT_FOUND;
    }

    private static List<Known> seen(List<Known> all, Caller caller, String endpoint, List<String> prefixes) {
        Filter filter = Filter.newBuilder().addAllTagPrefixes(prefixes).build();
        return GrantModel.seen(all, caller, ACTION, filter).stream()
                .filter(one -> endpoint.isEmpty() || one.endpoint().equals(endpoint))
                .toList();
    }

    private static void requireSame(Caller caller, Object request, List<String> told, List<Known> expected) {
        assertThat(told)
                .as("%s asks %s", caller.grants(), request)
                .containsExactlyInAnyOrderElementsOf(expected.stream()
                        .map(one -> one.endpoint() + " " + one.position())
                        .toList());
    }

    private void listDeliveries(Caller caller) {
        String endpoint = endpointOrNone(caller);
        Known event = ask.pick(model.events);
        boolean isOfEvent = endpoint.isEmpty() || ask.random.nextInt(3) == 0;
        ListDeliveriesRequest.Builder request = ListDeliveriesRequest.newBuilder()
                .setEndpoint(endpoint)
                .setEventId(isOfEvent ? event.id() : "")
                .setPageSize(5 + ask.random.nextInt(50));
        // An endpoint that is named is looked for before rights are.
        String refusal =
                !endpoint.isEmpty() && !isSeen(caller, endpoint) ? NOT_FOUND : refusal(caller, endpoint, List.of());
        List<String> told = new ArrayList<>();
        do {
            Answer answer = ask.ask(caller, ACTION, request.build(), ListDeliveriesResponse.getDefaultInstance());
            assertThat(answer.reason()).isEqualTo(refusal);
            if (!refusal.isEmpty()) {
                return;
            }
            ListDeliveriesResponse page = (ListDeliveriesResponse) answer.only();
            page.getDeliveriesList().forEach(one -> told.add(one.getEndpoint() + " " + one.getPosition()));
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());

        requireSame(
                caller,
                request,
                told,
                seen(attempts, caller, endpoint, List.of()).stream()
                        .filter(one -> !isOfEvent || one.position() == event.position())
                        .toList());
    }

    private AttemptFilter attemptFilter(Caller caller) {
        return AttemptFilter.newBuilder()
                .setEndpoint(endpointOrNone(caller))
                .setEventId(ask.random.nextInt(4) == 0 ? ask.pick(model.events).id() : "")
                .addAllTagPrefixes(ask.prefixes(caller))
                .build();
    }

    private void requireAttempts(Caller caller, AttemptFilter filter, List<String> told) {
        requireSame(
                caller,
                filter,
                told,
                seen(attempts, caller, filter.getEndpoint(), filter.getTagPrefixesList()).stream()
                        .filter(one -> filter.getEventId().isEmpty() || one.id().equals(filter.getEventId()))
                        .toList());
    }

    private void listAttempts(Caller caller) {
        AttemptFilter filter = attemptFilter(caller);
        String refusal = refusal(caller, filter.getEndpoint(), filter.getTagPrefixesList());
        ListAttemptsRequest.Builder request =
                ListAttemptsRequest.newBuilder().setFilter(filter).setPageSize(20 + ask.random.nextInt(500));
        if (filter.getSerializedSize() == 0) {
            request.clearFilter(); // a query cannot say that there is an empty one, and the pages are asked for on any
            // face
        }
        List<String> told = new ArrayList<>();
        do {
            Answer answer = ask.ask(caller, ACTION, request.build(), ListAttemptsResponse.getDefaultInstance());
            assertThat(answer.reason()).isEqualTo(refusal);
            if (!refusal.isEmpty()) {
                return;
            }
            ListAttemptsResponse page = (ListAttemptsResponse) answer.only();
            page.getAttemptsList().forEach(one -> told.add(one.getEndpoint() + " " + one.getPosition()));
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());

        requireAttempts(caller, filter, told);
    }

    private void watchAttempts(Caller caller) {
        AttemptFilter filter = attemptFilter(caller);
        WatchAttemptsRequest request = WatchAttemptsRequest.newBuilder()
                .setFilter(filter)
                .setAnchor(Anchor.ANCHOR_BEGINNING)
                .build();

        Answer answer = ask.ask(caller, ACTION, request, WatchAttemptsResponse.getDefaultInstance());

        String refusal = refusal(caller, filter.getEndpoint(), filter.getTagPrefixesList());
        assertThat(answer.reason()).isEqualTo(refusal);
        if (refusal.isEmpty()) {
            List<String> told = new ArrayList<>();
            answer.messages()
                    .forEach(frame -> ((WatchAttemptsResponse) frame)
                            .getBatch()
                            .getAttemptsList()
                            .forEach(one -> told.add(one.getEndpoint() + " " + one.getPosition())));
            requireAttempts(caller, filter, told);
        }
    }

    private DeadLetterFilter letterFilter(Caller caller) {
        return DeadLetterFilter.newBuilder()
                .setEndpoint(endpointOrNone(caller))
                .addAllTagPrefixes(ask.prefixes(caller))
                .build();
    }

    private void listDeadLetters(Caller caller) {
        DeadLetterFilter filter = letterFilter(caller);
        String refusal = refusal(caller, filter.getEndpoint(), filter.getTagPrefixesList());
        ListDeadLettersRequest.Builder request = ListDeadLettersRequest.newBuilder()
                .setFilter(filter)
                .setIncludeEvents(ask.random.nextBoolean())
                .setPageSize(5 + ask.random.nextInt(100));
        if (filter.getSerializedSize() == 0) {
            request.clearFilter(); // a query cannot say that there is an empty one, and the pages are asked for on any
            // face
        }
        List<String> told = new ArrayList<>();
        do {
            Answer answer = ask.ask(caller, ACTION, request.build(), ListDeadLettersResponse.getDefaultInstance());
            assertThat(answer.reason()).isEqualTo(refusal);
            if (!refusal.isEmpty()) {
                return;
            }
            ListDeadLettersResponse page = (ListDeadLettersResponse) answer.only();
            page.getDeadLettersList().forEach(one -> told.add(one.getEndpoint() + " " + one.getPosition()));
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());

        requireSame(caller, filter, told, seen(letters, caller, filter.getEndpoint(), filter.getTagPrefixesList()));
    }

    private void summarizeDeadLetters(Caller caller) {
        DeadLetterFilter filter = letterFilter(caller);
        String refusal = refusal(caller, filter.getEndpoint(), filter.getTagPrefixesList());
        SummarizeDeadLettersRequest request =
                SummarizeDeadLettersRequest.newBuilder().setFilter(filter).build();

        Answer answer = ask.ask(caller, ACTION, request, SummarizeDeadLettersResponse.getDefaultInstance());

        assertThat(answer.reason()).isEqualTo(refusal);
        if (refusal.isEmpty()) {
            assertThat(((SummarizeDeadLettersResponse) answer.only())
                            .getGroupsList().stream()
                                    .mapToLong(DeadLetterGroup::getEvents)
                                    .sum())
                    .isEqualTo(seen(letters, caller, filter.getEndpoint(), filter.getTagPrefixesList())
                            .size());
        }
    }

    private void countDeadLetters(Caller caller) {
        DeadLetterFilter filter = letterFilter(caller);
        ReplayDeadLettersRequest request = ReplayDeadLettersRequest.newBuilder()
                .setFilter(filter)
                .setDryRun(true)
                .build();

        Answer answer = ask.ask(caller, ACTION, request, ReplayDeadLettersResponse.getDefaultInstance());

        String refusal = refusal(caller, filter.getEndpoint(), filter.getTagPrefixesList());
        assertThat(answer.reason()).isEqualTo(refusal);
        if (refusal.isEmpty()) {
            assertThat(((ReplayDeadLettersResponse) answer.only()).getMatchedEvents())
                    .isEqualTo(seen(letters, caller, filter.getEndpoint(), filter.getTagPrefixesList())
                            .size());
        }
    }

    private void explain(Caller caller) {
        String endpoint = ask.name(model.endpoints, caller, ACTION);
        Known event = ask.pick(model.events);
        ExplainDeliveryRequest request = ask.random.nextBoolean()
                ? ExplainDeliveryRequest.newBuilder()
                        .setEndpoint(endpoint)
                        .setEventId(event.id())
                        .build()
                : ExplainDeliveryRequest.newBuilder()
                        .setEndpoint(endpoint)
                        .setPosition(event.position())
                        .build();

        requireReason(
                caller,
                isSeen(caller, endpoint) && caller.may(ACTION, event.tag()) ? "" : NOT_FOUND,
                request,
                ExplainDeliveryResponse.getDefaultInstance());
    }
}
