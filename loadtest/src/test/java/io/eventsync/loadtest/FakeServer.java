package io.eventsync.loadtest;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.loadtest.webhook.FakeWebhooks;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcService;
import io.eventsync.v1.Filter;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.IngestResult;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** EventService in memory, on one event loop: enough of the contract to drive every command end to end. */
public final class FakeServer extends VerticleBase {

    /** The library would take a client that opens many streams for a moment each for an attacker. */
    private static final int RESETS_MAX = 10_000;

    private static final long MESSAGE_BYTES_MAX = 4L << 20;
    private static final int CREDITS = 64;
    private static final int FRAME_EVENTS_MAX = 100;
    private static final long POLL_MILLIS = 5;

    private final List<Event> log = new ArrayList<>();
    private final Map<String, Event> byId = new HashMap<>();
    private @Nullable FakeWebhooks webhooks;
    private @Nullable HttpServer http;
    private int port;
    private int generation;
    private volatile long dropAnswersAfter = Long.MAX_VALUE;
    private volatile @Nullable Lie lie;

    /** Promises that a server may break. */
    public enum Lie {
        /** Leaves an event of a frame out. */
        LOSES,
        /** Sends an event of a frame again. */
        REPEATS,
        /** Sends two events of a frame in the wrong order. */
        SWAPS,
        /** Acknowledges an event that it does not store; the next one gets its position. */
        FORGETS
    }

    @Override
    public Future<?> start() {
        webhooks = new FakeWebhooks(vertx, log);
        return listen();
    }

    public Target target() {
        return new Target("127.0.0.1", port);
    }

    public Future<List<Event>> events() {
        Promise<List<Event>> copied = Promise.promise();
        context.runOnContext(ignored -> copied.complete(List.copyOf(log)));
        return copied.future();
    }

    /** Once the log has this many events: store, cut every connection without an answer, and come back a moment later. */
    public void breakAt(long events) {
        dropAnswersAfter = events;
    }

    /** Does this once, when it can. */
    public void lieOnce(Lie how) {
        lie = how;
    }

    /** Passes this many events over, though they match. */
    public void loseDeliveries(int events) {
        webhooks().skip(events);
    }

    private FakeWebhooks webhooks() {
        FakeWebhooks made = webhooks;
        if (made == null) {
            throw new IllegalStateException("not deployed");
        }
        return made;
    }

    private Future<?> listen() {
        GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(MESSAGE_BYTES_MAX))
                .callHandler(EventServiceGrpcService.Ingest, this::ingest)
                .callHandler(EventServiceGrpcService.IngestBatch, this::ingestBatch)
                .callHandler(EventServiceGrpcService.IngestStream, this::ingestStream)
                .callHandler(EventServiceGrpcService.Subscribe, this::subscribe)
                .callHandler(EventServiceGrpcService.Sync, this::sync);
        webhooks().register(grpc);
        HttpServer created = vertx.createHttpServer(new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(10_000)));
        http = created;
        return created.requestHandler(grpc).listen().onSuccess(listening -> port = listening.actualPort());
    }

    private boolean breaksNow() {
        HttpServer open = http;
        if (log.size() < dropAnswersAfter || open == null) {
            return false;
        }
        dropAnswersAfter = Long.MAX_VALUE;
        generation++;
        open.close()
                .compose(closed -> vertx.timer(100))
                .compose(rested -> listen())
                .onFailure(failure -> port = 0);
        return true;
    }

    private void ingest(GrpcServerRequest<IngestRequest, IngestResponse> call) {
        call.handler(request -> answer(call.response(), () -> {
            IngestResult result = append(List.of(request.getEvent())).get(0);
            return IngestResponse.newBuilder()
                    .setResult(result)
                    .setCursor(cursor(result.getPosition()))
                    .build();
        }));
    }

    private void ingestBatch(GrpcServerRequest<IngestBatchRequest, IngestBatchResponse> call) {
        call.handler(request -> answer(call.response(), () -> {
            List<IngestResult> results = append(request.getEventsList());
            return IngestBatchResponse.newBuilder()
                    .addAllResults(results)
                    .setCursor(cursor(results.get(results.size() - 1).getPosition()))
                    .build();
        }));
    }

    private void ingestStream(GrpcServerRequest<IngestStreamRequest, IngestStreamResponse> call) {
        int born = generation;
        GrpcServerResponse<IngestStreamRequest, IngestStreamResponse> out = call.response();
        call.errorHandler(ignored -> {});
        send(
                out,
                IngestStreamResponse.newBuilder()
                        .setOpened(IngestStreamResponse.Opened.newBuilder().setCredits(CREDITS))
                        .build());
        call.handler(request -> {
            IngestStreamResponse.Builder answer = IngestStreamResponse.newBuilder();
            try {
                List<IngestResult> results = append(request.getEventsList());
                answer.setAck(IngestStreamResponse.Ack.newBuilder()
                        .setThroughSequence(request.getSequence())
                        .setPosition(results.get(results.size() - 1).getPosition())
                        .setDeduplicated((int) results.stream()
                                .filter(IngestResult::getDeduplicated)
                                .count()));
            } catch (Refusal refusal) {
                answer.setRejected(IngestStreamResponse.Rejected.newBuilder()
                        .setSequence(request.getSequence())
                        .setStatus(refusal.status()));
            }
            if (born == generation && !breaksNow()) {
                send(out, answer.build());
            }
        });
        call.endHandler(end -> out.end());
    }

    private void subscribe(GrpcServerRequest<SubscribeRequest, SubscribeResponse> call) {
        call.handler(request -> {
            long start = position(request.getStart(), true);
            send(
                    call.response(),
                    SubscribeResponse.newBuilder()
                            .setCursor(cursor(start))
                            .setStarted(SubscribeResponse.Started.newBuilder()
                                    .setSubscriptionId("fake")
                                    .setStartPosition(start)
                                    .setHeadPosition(log.size()))
                            .build());
            boolean[] isOpen = {true};
            call.errorHandler(error -> isOpen[0] = false);
            call.response().exceptionHandler(error -> isOpen[0] = false);
            follow(call.response(), request.getFilter(), start, false, generation, isOpen);
        });
    }

    /** Up to a frame of matches, then a progress frame once at the head; again a moment later. */
    private void follow(
            GrpcServerResponse<SubscribeRequest, SubscribeResponse> out,
            Filter filter,
            long from,
            boolean wasLive,
            int born,
            boolean[] isOpen) {
        if (!isOpen[0] || born != generation) {
            return;
        }
        List<Event> frame = new ArrayList<>();
        long reached = scan(filter, from, FRAME_EVENTS_MAX, frame);
        boolean isLive = reached == log.size();
        spoil(frame);
        if (!frame.isEmpty()) {
            send(
                    out,
                    SubscribeResponse.newBuilder()
                            .setCursor(cursor(frame.get(frame.size() - 1).getPosition()))
                            .setBatch(SubscribeResponse.EventBatch.newBuilder().addAllEvents(frame))
                            .build());
        }
        if (isLive && (!wasLive || reached != from)) {
            send(
                    out,
                    SubscribeResponse.newBuilder()
                            .setCursor(cursor(reached))
                            .setProgress(SubscribeResponse.Progress.newBuilder()
                                    .setState(SubscribeResponse.Progress.State.STATE_LIVE)
                                    .setPosition(reached)
                                    .setHeadPosition(log.size()))
                            .build());
        }
        vertx.setTimer(POLL_MILLIS, id -> follow(out, filter, reached, isLive, born, isOpen));
    }

    private void spoil(List<Event> frame) {
        Lie how = lie;
        if (how == null || how == Lie.FORGETS || frame.size() < 3) {
            return;
        }
        lie = null;
        switch (how) {
            case LOSES -> frame.remove(0);
            case REPEATS -> frame.add(1, frame.get(0));
            default -> Collections.swap(frame, 0, 1);
        }
    }

    private void sync(GrpcServerRequest<SyncRequest, SyncResponse> call) {
        call.handler(request -> {
            long waitUntil = System.nanoTime()
                    + request.getWait().getSeconds() * 1_000_000_000
                    + request.getWait().getNanos();
            page(call.response(), request, position(request.getStart(), false), waitUntil, generation);
        });
    }

    private void page(
            GrpcServerResponse<SyncRequest, SyncResponse> out,
            SyncRequest request,
            long from,
            long waitUntil,
            int born) {
        if (born != generation) {
            return;
        }
        List<Event> events = new ArrayList<>();
        int max = request.getMaxEvents() == 0 ? FRAME_EVENTS_MAX : request.getMaxEvents();
        long reached = scan(request.getFilter(), from, max, events);
        if (events.isEmpty() && System.nanoTime() < waitUntil) {
            vertx.setTimer(POLL_MILLIS, id -> page(out, request, reached, waitUntil, born));
            return;
        }
        answer(
                out,
                () -> SyncResponse.newBuilder()
                        .addAllEvents(events)
                        .setCursor(cursor(reached))
                        .setUpToDate(reached == log.size())
                        .setHeadPosition(log.size())
                        .build());
    }

    private long scan(Filter filter, long from, int max, List<Event> into) {
        ReaderFilter wanted = new ReaderFilter(filter.getTagPrefixesList(), filter.getExcludeTagPrefixesList());
        long at = from;
        while (at < log.size() && into.size() < max) {
            Event event = log.get((int) at);
            at++;
            if (wanted.matches(event.getTag())) {
                into.add(event);
            }
        }
        return at;
    }

    private List<IngestResult> append(List<Event> events) {
        for (Event event : events) {
            Event before = byId.get(event.getId());
            if (event.getTag().contains(" ")) {
                throw new Refusal(GrpcStatus.INVALID_ARGUMENT, "FIELD_INVALID", "tag: bad segment");
            }
            if (before != null && !before.getJson().equals(event.getJson())) {
                throw new Refusal(GrpcStatus.ALREADY_EXISTS, "EVENT_ID_REUSED", event.getId());
            }
        }
        List<IngestResult> results = new ArrayList<>();
        for (Event event : events) {
            Event before = byId.get(event.getId());
            Event stored = before != null
                    ? before
                    : event.toBuilder().setPosition(log.size() + 1).build();
            if (before == null && lie == Lie.FORGETS && log.size() > FRAME_EVENTS_MAX) {
                lie = null;
            } else if (before == null) {
                log.add(stored);
                byId.put(stored.getId(), stored);
            }
            results.add(IngestResult.newBuilder()
                    .setId(stored.getId())
                    .setPosition(stored.getPosition())
                    .setDeduplicated(before != null)
                    .build());
        }
        return results;
    }

    private long position(Start start, boolean isNowDefault) {
        return switch (start.getPointCase()) {
            case CURSOR -> Long.parseLong(start.getCursor().substring(1));
            case AFTER_POSITION -> start.getAfterPosition();
            default -> {
                boolean isNow = start.getAnchor() == Anchor.ANCHOR_NOW
                        || (isNowDefault && start.getAnchor() == Anchor.ANCHOR_UNSPECIFIED);
                yield isNow ? log.size() : 0;
            }
        };
    }

    private static String cursor(long position) {
        return "c" + position;
    }

    private <R> void answer(GrpcServerResponse<?, R> out, Supplier<R> work) {
        try {
            R message = work.get();
            if (!breaksNow()) {
                quietly(ended -> ended.end(message).onFailure(late -> {}), out);
            }
        } catch (Refusal refusal) {
            String details = Base64.getEncoder().encodeToString(refusal.status().toByteArray());
            out.trailers().set("grpc-status-details-bin", details);
            quietly(
                    ended -> ended.status(refusal.code)
                            .statusMessage(refusal.getMessage())
                            .end()
                            .onFailure(late -> {}),
                    out);
        }
    }

    private <R> void send(GrpcServerResponse<?, R> out, R message) {
        quietly(open -> open.write(message).onFailure(late -> {}), out);
    }

    /** A write to a stream that is gone throws; its reader has reconnected. */
    private static <R> void quietly(Consumer<GrpcServerResponse<?, R>> write, GrpcServerResponse<?, R> out) {
        try {
            write.accept(out);
        } catch (IllegalStateException gone) {
            return;
        }
    }

    private static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1;
        private final GrpcStatus code;
        private final String reason;

        Refusal(GrpcStatus code, String reason, String message) {
            super(message);
            this.code = code;
            this.reason = reason;
        }

        com.google.rpc.Status status() {
            return com.google.rpc.Status.newBuilder()
                    .setCode(code.code)
                    .setMessage(String.valueOf(getMessage()))
                    .addDetails(Any.pack(ErrorInfo.newBuilder()
                            .setReason(reason)
                            .setDomain("eventsync")
                            .build()))
                    .build();
        }
    }
}
