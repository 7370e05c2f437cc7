package io.eventsync.server.grpc;

import io.eventsync.server.auth.Action;
import io.eventsync.server.event.Appended;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.EventLimits;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.NewEvent;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.subscription.LiveLoop;
import io.eventsync.server.subscription.Poller;
import io.eventsync.server.subscription.SubscriptionConfig;
import io.eventsync.server.subscription.SubscriptionRequest;
import io.eventsync.server.subscription.Subscriptions;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Start;
import io.eventsync.server.sync.Starts;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.server.tracing.Traceparent;
import io.eventsync.server.tracing.Tracing;
import io.eventsync.server.tracing.Work;
import io.eventsync.v1.EstimateBacklogRequest;
import io.eventsync.v1.EstimateBacklogResponse;
import io.eventsync.v1.Event;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.ListEventsRequest;
import io.eventsync.v1.ListEventsResponse;
import io.eventsync.v1.ListTagsRequest;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** EventService. */
final class EventRpcs {
    private static final String SERVICE = "eventsync.v1.EventService/";
    private static final int PAGE_MAX = 1_000;
    private static final Duration WAIT_MAX = Duration.ofMinutes(1);
    private static final Duration LINGER_MAX = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT_MIN = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT_MAX = Duration.ofMinutes(5);
    private static final int CLIENT_NAME_MAX = 128;

    private final EventLog log;
    private final Cursors cursors;
    private final Starts starts;
    private final Poller poller;
    private final Subscriptions subscriptions;
    private final SubscriptionConfig subscriptionConfig;
    private final EventMapper mapper;
    private final EventLimits limits;
    private final IngestSessions sessions;
    private final Access access;
    private final LiveLoop loop;
    private final Tracing tracing;

    EventRpcs(Services services, IngestSessions sessions, LiveLoop loop) {
        this.log = services.log();
        this.cursors = services.cursors();
        this.starts = services.starts();
        this.poller = services.poller();
        this.subscriptions = services.subscriptions();
        this.subscriptionConfig = services.subscriptionConfig();
        this.limits = services.limits();
        this.mapper = new EventMapper(limits);
        this.sessions = sessions;
        this.access = new Access(services);
        this.loop = loop;
        this.tracing = services.tracing();
    }

    void bind(Rpc rpc) {
        rpc.unary(SERVICE + "Ingest", IngestRequest.parser(), this::ingest);
        rpc.unary(SERVICE + "IngestBatch", IngestBatchRequest.parser(), this::ingestBatch);
        rpc.session(
                SERVICE + "IngestStream",
                IngestStreamRequest.parser(),
                call -> sessions.open(
                        call,
                        onEnd -> new IngestSession(
                                log, cursors, request -> toNew(request.getEventsList(), call, ""), call, onEnd)));
        rpc.stream(SERVICE + "Subscribe", SubscribeRequest.parser(), this::subscribe);
        rpc.unary(SERVICE + "Sync", SyncRequest.parser(), this::sync);
        rpc.unary(SERVICE + "GetEvent", GetEventRequest.parser(), this::getEvent);
        rpc.unary(SERVICE + "ListEvents", ListEventsRequest.parser(), this::listEvents);
        rpc.unary(SERVICE + "ListTags", ListTagsRequest.parser(), this::listTags);
        rpc.unary(SERVICE + "EstimateBacklog", EstimateBacklogRequest.parser(), this::estimateBacklog);
    }

    private Future<Buffer> ingest(IngestRequest request, Call call) {
        if (!request.hasEvent()) {
            throw Failure.field("event", "is required");
        }
        List<NewEvent> events =
                access.ingest(call, List.of(mapper.toNew(request.getEvent(), "event", call.traceparent())));
        return append(events, request.getEvent(), call).compose(appended -> {
            Appended one = appended.get(0);
            return Rpc.encoded(IngestResponse.newBuilder()
                    .setResult(EventMapper.result(one))
                    .setCursor(cursors.encode(one.point()))
                    .build());
        });
    }

    private Future<Buffer> ingestBatch(IngestBatchRequest request, Call call) {
        List<NewEvent> events = toNew(request.getEventsList(), call, call.traceparent());
        return append(events, request.getEvents(0), call).compose(appended -> {
            IngestBatchResponse.Builder response = IngestBatchResponse.newBuilder();
            appended.forEach(one -> response.addResults(EventMapper.result(one)));
            return Rpc.encoded(
                    response.setCursor(cursors.encode(lastPoint(appended))).build());
        });
    }

    private Future<List<Appended>> append(List<NewEvent> events, Event first, Call call) {
        Work whole = call.work();
        if (whole == null) {
            return log.append(events);
        }
        String given = call.traceparent().isEmpty() ? Traceparent.valid(first.getTraceparent()) : "";
        Work work = given.isEmpty() ? tracing.part("append", whole) : tracing.later("append", given);
        work.note("eventsync.events", events.size());
        return log.append(events)
                .onSuccess(appended -> {
                    work.note("eventsync.position", lastPoint(appended).position());
                    work.end(null);
                })
                .onFailure(e -> work.end((e instanceof Failure f ? f.reason() : Reason.INTERNAL).name()));
    }

    /** @param traceparent for events without one; that of a stream of many appends is none of theirs */
    private List<NewEvent> toNew(List<Event> events, Call call, String traceparent) {
        if (events.isEmpty() || events.size() > limits.batchEventsMax()) {
            throw Failure.field(
                    "events", "has " + events.size() + " entries, 1 to " + limits.batchEventsMax() + " are allowed");
        }
        List<NewEvent> made = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            made.add(mapper.toNew(events.get(i), "events[" + i + "]", traceparent));
        }
        return access.ingest(call, made);
    }

    static LogPoint lastPoint(List<Appended> appended) {
        Appended last = appended.get(0);
        for (Appended one : appended) {
            last = one.position() > last.position() ? one : last;
        }
        return last.point();
    }

    private void subscribe(SubscribeRequest request, Call call) {
        if (request.getClientName().length() > CLIENT_NAME_MAX) {
            throw Failure.field("client_name", "has more than " + CLIENT_NAME_MAX + " characters");
        }
        SubscriptionRequest checked = new SubscriptionRequest(
                access.filter(call, Action.READ, request.getFilter(), "filter"),
                FilterMapper.toStart(request.getStart(), new Start.Now()),
                FilterMapper.toCount("max_batch", request.getMaxBatch(), 100, PAGE_MAX),
                FilterMapper.toDuration("max_linger", request.getMaxLinger(), Duration.ZERO, LINGER_MAX),
                request.hasHeartbeatInterval()
                        ? FilterMapper.toDuration(
                                "heartbeat_interval", request.getHeartbeatInterval(), HEARTBEAT_MIN, HEARTBEAT_MAX)
                        : subscriptionConfig.heartbeatDefault(),
                FilterMapper.toPolicy(request.getOnExpired()),
                request.getClientName(),
                call.peer());
        access.start(call, checked.start())
                .compose(v -> subscriptions.open(checked, loop, new StreamSink(call, cursors)))
                .onComplete(handle -> call.onEnd(handle::gone), call::fail);
    }

    private Future<Buffer> sync(SyncRequest request, Call call) {
        Promise<Void> gone = Promise.promise();
        call.onEnd(gone::tryComplete);
        Poller.Query query = new Poller.Query(
                access.filter(call, Action.READ, request.getFilter(), "filter"),
                FilterMapper.toStart(request.getStart(), new Start.Beginning()),
                FilterMapper.toCount("max_events", request.getMaxEvents(), 100, PAGE_MAX),
                FilterMapper.toDuration("wait", request.getWait(), Duration.ZERO, WAIT_MAX),
                FilterMapper.toPolicy(request.getOnExpired()),
                gone.future());
        return access.start(call, query.start())
                .compose(v -> poller.poll(query, loop))
                .map(answer -> {
                    SyncResponse.Builder rest = SyncResponse.newBuilder()
                            .setCursor(cursors.encode(answer.page().end()))
                            .setUpToDate(answer.isUpToDate())
                            .setHeadPosition(answer.headPosition())
                            .setLagEvents(Math.max(
                                    0,
                                    answer.headPosition() - answer.page().end().position()));
                    answer.gap().ifPresent(gap -> rest.setGap(StreamSink.gap(gap)));
                    return WireFrames.sync(rest.build(), answer.page().events());
                });
    }

    private Future<Buffer> getEvent(GetEventRequest request, Call call) {
        Future<Optional<LogEvent>> found = switch (request.getByCase()) {
            case ID -> log.byId(requireText("id", request.getId()));
            case POSITION -> log.byPosition(request.getPosition());
            case BY_NOT_SET -> throw Failure.field("by", "one of id and position is required");
        };
        String name = request.hasId() ? request.getId() : Long.toString(request.getPosition());
        return found.compose(event -> event.filter(e -> access.sees(call, Action.READ, e))
                .map(e -> Future.succeededFuture(WireFrames.single(e)))
                .orElseGet(() -> Future.failedFuture(Failure.notFound("eventsync.v1/Event", name))));
    }

    private static String requireText(String field, String text) {
        if (text.isEmpty()) {
            throw Failure.field(field, "is required");
        }
        return text;
    }

    private Future<Buffer> listEvents(ListEventsRequest request, Call call) {
        EventFilter filter = access.filter(call, Action.READ, request.getFilter(), "filter");
        int size = FilterMapper.toCount("page_size", request.getPageSize(), 50, PAGE_MAX);
        long before = request.getPageToken().isEmpty()
                ? before(request.getBeforePosition())
                : PageTokens.position(request.getPageToken(), filter);
        return log.before(before, filter, size).map(page -> {
            long next = page.end().position();
            String token = next <= log.earliest() ? "" : PageTokens.encode(next, filter);
            return WireFrames.list(
                    ListEventsResponse.newBuilder().setNextPageToken(token).build(), page.events());
        });
    }

    private long before(long position) {
        if (position < 0) {
            throw Failure.field("before_position", "must not be negative");
        }
        long end = log.head().position() + 1;
        return position == 0 ? end : Math.min(position, end);
    }

    private Future<Buffer> listTags(ListTagsRequest request, Call call) {
        int depth = FilterMapper.toCount("depth", request.getDepth(), 1, 8);
        Optional<TagPrefix> parent = request.getParent().isEmpty()
                ? Optional.empty()
                : Optional.of(TagPrefix.parse("parent", request.getParent()));
        call.principal().grants().require(Action.READ);
        return log.tagCounts()
                .map(counts -> counts.stream()
                        .filter(count -> access.seesTag(call, count.tag()))
                        .toList())
                .compose(counts -> Rpc.encoded(TagTree.below(parent, depth, counts)));
    }

    private Future<Buffer> estimateBacklog(EstimateBacklogRequest request, Call call) {
        EventFilter filter = access.filter(call, Action.READ, request.getFilter(), "filter");
        Start start = FilterMapper.toStart(request.getStart(), new Start.Beginning());
        Future<LogPoint> end = request.getEndCursor().isEmpty()
                ? Future.succeededFuture(log.head())
                : starts.verify(request.getEndCursor());
        Future<LogPoint> begin = access.start(call, start)
                .compose(v -> starts.resolve(start, ExpiredPolicy.ERROR))
                .map(Starts.Resolved::point);
        return Future.all(begin, end).compose(both -> {
            LogPoint from = both.resultAt(0);
            LogPoint to = both.resultAt(1);
            if (from.position() > to.position()) {
                throw Failure.field("end_cursor", "lies before the start");
            }
            return backlog(from, to, filter);
        });
    }

    private Future<Buffer> backlog(LogPoint from, LogPoint to, EventFilter filter) {
        Future<Long> count = log.count(from.position(), to.position(), filter);
        Future<Optional<LogEvent>> oldest = from.position() < to.position()
                ? log.byPosition(from.position() + 1)
                : Future.succeededFuture(Optional.empty());
        return Future.all(count, oldest).compose(both -> {
            EstimateBacklogResponse.Builder response = EstimateBacklogResponse.newBuilder()
                    .setEvents(count.result())
                    .setExact(filter.isByTagOnly());
            oldest.result().ifPresent(event -> response.setOldestTime(EventMapper.time(event.ingestMicros())));
            return Rpc.encoded(response.build());
        });
    }

    static Failure draining(Duration retryAfter) {
        return Failure.of(Reason.DRAINING, "this node is shutting down").retryAfter(retryAfter);
    }
}
