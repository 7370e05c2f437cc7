package io.eventsync.server.grpc;

import io.eventsync.server.auth.Action;
import io.eventsync.server.delivery.AttemptCursors;
import io.eventsync.server.delivery.AttemptRow;
import io.eventsync.server.delivery.AttemptWatches;
import io.eventsync.server.delivery.DeadLetterQuery;
import io.eventsync.server.delivery.Deliveries;
import io.eventsync.server.delivery.Deliveries.AttemptQuery;
import io.eventsync.server.delivery.Deliveries.EventName;
import io.eventsync.server.delivery.Deliveries.Place;
import io.eventsync.server.delivery.DeliveryRow;
import io.eventsync.server.delivery.Replay;
import io.eventsync.server.failure.Failure;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.CancelReplayRequest;
import io.eventsync.v1.CancelReplayResponse;
import io.eventsync.v1.DeadLetter;
import io.eventsync.v1.DeadLetterFilter;
import io.eventsync.v1.DeliveryState;
import io.eventsync.v1.ExplainDeliveryRequest;
import io.eventsync.v1.GetReplayRequest;
import io.eventsync.v1.GetReplayResponse;
import io.eventsync.v1.ListAttemptsRequest;
import io.eventsync.v1.ListAttemptsResponse;
import io.eventsync.v1.ListDeadLettersRequest;
import io.eventsync.v1.ListDeadLettersResponse;
import io.eventsync.v1.ListDeliveriesRequest;
import io.eventsync.v1.ListDeliveriesResponse;
import io.eventsync.v1.ListReplaysRequest;
import io.eventsync.v1.ListReplaysResponse;
import io.eventsync.v1.ReplayDeadLettersRequest;
import io.eventsync.v1.ReplayDeadLettersResponse;
import io.eventsync.v1.RetryDeliveryRequest;
import io.eventsync.v1.RetryDeliveryResponse;
import io.eventsync.v1.SummarizeDeadLettersRequest;
import io.eventsync.v1.SummarizeDeadLettersResponse;
import io.eventsync.v1.WatchAttemptsRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** DeliveryService. */
final class DeliveryRpcs {
    private static final String SERVICE = "eventsync.v1.DeliveryService/";
    private static final int PAGE_MAX = 1_000;
    private static final int PAGE = 50;
    private static final int EVENT_PAGE_MAX = 200;
    private static final int STATES_MAX = 10;
    private static final long ANSWER_BYTES_MAX = 4 << 20;
    private static final int CLIENT_NAME_MAX = 128;
    private static final Duration HEARTBEAT_MIN = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT_MAX = Duration.ofMinutes(5);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final Deliveries deliveries;
    private final AttemptWatches watches;
    private final AttemptCursors cursors;
    private final Access access;

    DeliveryRpcs(Services services) {
        this.deliveries = services.deliveries();
        this.access = new Access(services);
        this.watches = services.watches();
        this.cursors = new AttemptCursors(services.log().id());
    }

    void bind(Rpc rpc) {
        rpc.unary(SERVICE + "ListDeliveries", ListDeliveriesRequest.parser(), this::listDeliveries);
        rpc.unary(SERVICE + "ListAttempts", ListAttemptsRequest.parser(), this::listAttempts);
        rpc.stream(SERVICE + "WatchAttempts", WatchAttemptsRequest.parser(), this::watch);
        rpc.unary(SERVICE + "RetryDelivery", RetryDeliveryRequest.parser(), this::retry);
        rpc.unary(SERVICE + "ListDeadLetters", ListDeadLettersRequest.parser(), this::listDeadLetters);
        rpc.unary(SERVICE + "SummarizeDeadLetters", SummarizeDeadLettersRequest.parser(), this::summarize);
        rpc.unary(SERVICE + "ReplayDeadLetters", ReplayDeadLettersRequest.parser(), this::replayDeadLetters);
        rpc.unary(SERVICE + "GetReplay", GetReplayRequest.parser(), this::getReplay);
        rpc.unary(SERVICE + "ListReplays", ListReplaysRequest.parser(), this::listReplays);
        rpc.unary(SERVICE + "CancelReplay", CancelReplayRequest.parser(), this::cancelReplay);
        rpc.unary(SERVICE + "ExplainDelivery", ExplainDeliveryRequest.parser(), this::explain);
    }

    private AttemptQuery narrowed(Call call, AttemptQuery query) {
        return new AttemptQuery(
                query.endpoint(),
                query.eventId(),
                access.deliveredPrefixes(call, query.tagPrefixes()),
                query.outcomes(),
                query.from(),
                query.to());
    }

    private DeadLetterQuery narrowed(Call call, DeadLetterQuery query) {
        return new DeadLetterQuery(
                query.endpoint(),
                access.deliveredPrefixes(call, query.tagPrefixes()),
                query.eventIds(),
                query.reasons(),
                query.statuses(),
                query.from(),
                query.to(),
                query.errors());
    }

    private Future<Buffer> listDeliveries(ListDeliveriesRequest request, Call call) {
        if (request.getEndpoint().isEmpty() && request.getEventId().isEmpty()) {
            throw Failure.field("endpoint", "is required unless event_id is given");
        }
        if (request.getStatesCount() > STATES_MAX) {
            throw Failure.field(
                    "states", "has " + request.getStatesCount() + " entries, at most " + STATES_MAX + " are allowed");
        }
        List<DeliveryState> states = request.getStatesList();
        int size = FilterMapper.toCount("page_size", request.getPageSize(), PAGE, PAGE_MAX);
        ListDeliveriesRequest bare =
                request.toBuilder().clearPageToken().clearPageSize().build();
        Optional<Place> before = PlaceTokens.decode(request.getPageToken(), bare);
        return access.endpoint(call, request.getEndpoint())
                .compose(v -> deliveries.deliveries(request.getEndpoint(), request.getEventId(), before, size))
                .compose(page -> {
                    ListDeliveriesResponse.Builder response = ListDeliveriesResponse.newBuilder();
                    page.stream()
                            .filter(d -> call.principal().grants().allows(Action.DELIVER, d.tag()))
                            .map(DeliveryMapper::toProto)
                            .filter(d -> states.isEmpty() || states.contains(d.getState()))
                            .forEach(response::addDeliveries);
                    if (page.size() == size) {
                        DeliveryRow last = page.get(size - 1);
                        AttemptRow attempt = last.last().orElseThrow();
                        response.setNextPageToken(PlaceTokens.encode(
                                new Place(attempt.atMicros(), attempt.id().toString(), last.position()), bare));
                    }
                    return Rpc.encoded(response.build());
                });
    }

    private Future<Buffer> listAttempts(ListAttemptsRequest request, Call call) {
        int size = FilterMapper.toCount("page_size", request.getPageSize(), PAGE, PAGE_MAX);
        ListAttemptsRequest bare =
                request.toBuilder().clearPageToken().clearPageSize().build();
        AttemptQuery query = narrowed(call, DeliveryMapper.toQuery(request.getFilter()));
        Optional<Place> before = PlaceTokens.decode(request.getPageToken(), bare);
        return access.endpoint(call, query.endpoint())
                .compose(v -> deliveries.attempts(query, before, size))
                .compose(page -> {
                    ListAttemptsResponse.Builder response = ListAttemptsResponse.newBuilder();
                    page.forEach(a -> response.addAttempts(DeliveryMapper.toProto(a)));
                    if (page.size() == size) {
                        AttemptRow last = page.get(size - 1);
                        response.setNextPageToken(PlaceTokens.encode(
                                new Place(last.atMicros(), last.id().toString(), 0), bare));
                    }
                    return Rpc.encoded(response.build());
                });
    }

    private void watch(WatchAttemptsRequest request, Call call) {
        if (request.getClientName().length() > CLIENT_NAME_MAX) {
            throw Failure.field("client_name", "has more than " + CLIENT_NAME_MAX + " characters");
        }
        int batch = FilterMapper.toCount("max_batch", request.getMaxBatch(), 100, PAGE_MAX);
        Duration heartbeat = request.hasHeartbeatInterval()
                ? FilterMapper.toDuration(
                        "heartbeat_interval", request.getHeartbeatInterval(), HEARTBEAT_MIN, HEARTBEAT_MAX)
                : HEARTBEAT;
        AttemptWatches.Request checked = new AttemptWatches.Request(
                narrowed(call, DeliveryMapper.toQuery(request.getFilter())),
                from(request),
                batch,
                heartbeat,
                FilterMapper.toPolicy(request.getOnExpired()));
        access.endpoint(call, request.getFilter().getEndpoint())
                .compose(
                        v -> watches.open(checked, new WatchSink(call, cursors, request.getFilter(), batch, heartbeat)))
                .onComplete(call::onEnd, call::fail);
    }

    private AttemptWatches.From from(WatchAttemptsRequest request) {
        return switch (request.getStartCase()) {
            case CURSOR ->
                request.getCursor().isEmpty()
                        ? new AttemptWatches.From.Now()
                        : new AttemptWatches.From.After(cursors.decode(request.getCursor()));
            case TIME -> new AttemptWatches.From.AtTime(DeliveryMapper.instant("time", request.getTime()));
            case ANCHOR -> anchor(request.getAnchor());
            case START_NOT_SET -> new AttemptWatches.From.Now();
        };
    }

    private static AttemptWatches.From anchor(Anchor anchor) {
        return switch (anchor) {
            case ANCHOR_BEGINNING -> new AttemptWatches.From.Beginning();
            case ANCHOR_NOW, ANCHOR_UNSPECIFIED -> new AttemptWatches.From.Now();
            case UNRECOGNIZED -> throw Failure.field("anchor", "is not a known anchor");
        };
    }

    private Future<Buffer> retry(RetryDeliveryRequest request, Call call) {
        EventName event = switch (request.getEventCase()) {
            case EVENT_ID -> byId(request.getEventId());
            case POSITION -> new EventName.ByPosition(request.getPosition());
            case EVENT_NOT_SET -> throw noEvent();
        };
        return access.endpoint(call, request.getEndpoint())
                .compose(v -> access.event(call, Action.DELIVER, event))
                .compose(v -> deliveries.retry(request.getEndpoint(), event))
                .compose(row -> Rpc.encoded(RetryDeliveryResponse.newBuilder()
                        .setDelivery(DeliveryMapper.toProto(row))
                        .build()));
    }

    private static EventName byId(String id) {
        if (id.isEmpty()) {
            throw Failure.field("event_id", "is required");
        }
        return new EventName.ById(id);
    }

    private static Failure noEvent() {
        return Failure.field("event", "one of event_id and position is required");
    }

    private Future<Buffer> listDeadLetters(ListDeadLettersRequest request, Call call) {
        int asked = FilterMapper.toCount("page_size", request.getPageSize(), PAGE, PAGE_MAX);
        int size = request.getIncludeEvents() ? Math.min(asked, EVENT_PAGE_MAX) : asked;
        ListDeadLettersRequest bare =
                request.toBuilder().clearPageToken().clearPageSize().build();
        Optional<Place> before = PlaceTokens.decode(request.getPageToken(), bare);
        DeadLetterQuery query = narrowed(call, DeliveryMapper.toQuery(request.getFilter()));
        return access.endpoint(call, query.endpoint())
                .compose(v -> deliveries.deadLetters(query, before, size, request.getIncludeEvents()))
                .compose(page -> {
                    ListDeadLettersResponse.Builder response = ListDeadLettersResponse.newBuilder();
                    long bytes = 0;
                    int taken = 0;
                    for (Deliveries.Letter letter : page) {
                        DeadLetter proto = DeliveryMapper.toProto(letter.row(), deliveries.deadLetterMicros());
                        bytes += proto.getSerializedSize() + 8L;
                        if (taken > 0 && bytes > ANSWER_BYTES_MAX - 1_024) {
                            break;
                        }
                        response.addDeadLetters(proto);
                        taken++;
                    }
                    if (taken < page.size() || page.size() == size) {
                        response.setNextPageToken(
                                PlaceTokens.encode(page.get(taken - 1).place(), bare));
                    }
                    return Rpc.encoded(response.build());
                });
    }

    private Future<Buffer> summarize(SummarizeDeadLettersRequest request, Call call) {
        DeadLetterQuery query = narrowed(call, DeliveryMapper.toQuery(request.getFilter()));
        return access.endpoint(call, query.endpoint())
                .compose(v -> deliveries.groupDeadLetters(query))
                .compose(found -> {
                    SummarizeDeadLettersResponse.Builder response =
                            SummarizeDeadLettersResponse.newBuilder().setTruncated(found.isCut());
                    found.groups().forEach(group -> response.addGroups(DeliveryMapper.toProto(group)));
                    return Rpc.encoded(response.build());
                });
    }

    private Future<Buffer> replayDeadLetters(ReplayDeadLettersRequest request, Call call) {
        DeadLetterFilter filter = request.getFilter();
        double rate = request.getPerSecond();
        if (rate != 0 && !(rate >= 0.001 && rate <= 10_000)) {
            throw Failure.field("per_second", "must be from 0.001 to 10000, or 0 for no limit");
        }
        DeadLetterQuery query = narrowed(call, DeliveryMapper.toQuery(filter));
        if (request.getDryRun()) {
            return access.endpoint(call, filter.getEndpoint())
                    .compose(v -> deliveries.countDeadLetters(query))
                    .compose(n -> Rpc.encoded(ReplayDeadLettersResponse.newBuilder()
                            .setMatchedEvents(n)
                            .build()));
        }
        DeadLetterFilter narrowed = filter.toBuilder()
                .clearTagPrefixes()
                .addAllTagPrefixes(query.tagPrefixes())
                .build();
        return access.endpoint(call, filter.getEndpoint())
                .compose(v -> deliveries.replay(request.getReplayId(), query, narrowed.toByteArray(), rate))
                .compose(replayed -> Rpc.encoded(ReplayDeadLettersResponse.newBuilder()
                        .setMatchedEvents(replayed.matched())
                        .setReplay(DeliveryMapper.toProto(replayed.replay()))
                        .build()));
    }

    private Future<Buffer> getReplay(GetReplayRequest request, Call call) {
        return replay(call, request.getReplayId())
                .compose(found -> Rpc.encoded(GetReplayResponse.newBuilder()
                        .setReplay(DeliveryMapper.toProto(found))
                        .build()));
    }

    /** One that the caller may see; any other is not found. */
    private Future<Replay> replay(Call call, String id) {
        return deliveries
                .getReplay(id)
                .compose(found -> access.endpoint(
                                call, DeliveryMapper.toProto(found).getFilter().getEndpoint())
                        .map(found)
                        .recover(hidden -> Future.failedFuture(Failure.notFound("eventsync.v1/Replay", id))));
    }

    private Future<Buffer> listReplays(ListReplaysRequest request, Call call) {
        int size = FilterMapper.toCount("page_size", request.getPageSize(), PAGE, PAGE_MAX);
        String after = request.getPageToken().isEmpty() ? "" : PageTokens.name(request.getPageToken());
        call.principal().grants().requireAll(Action.DELIVER);
        return deliveries
                .listReplays(DeliveryMapper.toState(request.getState()), after, size)
                .compose(page -> {
                    ListReplaysResponse.Builder response = ListReplaysResponse.newBuilder();
                    page.forEach(r -> response.addReplays(DeliveryMapper.toProto(r)));
                    if (page.size() == size) {
                        response.setNextPageToken(
                                PageTokens.encode(page.get(size - 1).id()));
                    }
                    return Rpc.encoded(response.build());
                });
    }

    private Future<Buffer> cancelReplay(CancelReplayRequest request, Call call) {
        return replay(call, request.getReplayId())
                .compose(found -> deliveries.cancelReplay(request.getReplayId()))
                .compose(ended -> Rpc.encoded(CancelReplayResponse.newBuilder()
                        .setReplay(DeliveryMapper.toProto(ended))
                        .build()));
    }

    private Future<Buffer> explain(ExplainDeliveryRequest request, Call call) {
        EventName event = switch (request.getEventCase()) {
            case EVENT_ID -> byId(request.getEventId());
            case POSITION -> new EventName.ByPosition(request.getPosition());
            case EVENT_NOT_SET -> throw noEvent();
        };
        return access.endpoint(call, request.getEndpoint())
                .compose(v -> access.event(call, Action.DELIVER, event))
                .compose(v -> deliveries.explain(request.getEndpoint(), event))
                .compose(explanation -> Rpc.encoded(DeliveryMapper.toProto(explanation)));
    }
}
