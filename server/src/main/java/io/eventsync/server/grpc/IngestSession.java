package io.eventsync.server.grpc;

import io.eventsync.server.event.Appended;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.NewEvent;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A producer session: appends travel as they come and are answered in order, several with one Ack. While the client has more under
 * way than its credits, its stream is not read.
 */
final class IngestSession implements Rpc.Session<IngestStreamRequest> {
    static final int CREDITS = 64;

    private final EventLog log;
    private final Cursors cursors;
    private final Function<IngestStreamRequest, List<NewEvent>> mapper;
    private final Call call;
    private final Runnable onEnd;
    private final ArrayDeque<Append> underWay = new ArrayDeque<>();
    private long lastSequence;
    private boolean clientEnded;
    private @Nullable Failure drain;
    private @Nullable Promise<Void> room;

    IngestSession(
            EventLog log,
            Cursors cursors,
            Function<IngestStreamRequest, List<NewEvent>> mapper,
            Call call,
            Runnable onEnd) {
        this.log = log;
        this.cursors = cursors;
        this.mapper = mapper;
        this.call = call;
        this.onEnd = onEnd;
    }

    /** One append and what became of it. */
    private static final class Append {
        final long sequence;

        @Nullable
        List<Appended> events;

        @Nullable
        Throwable refused;

        Append(long sequence) {
            this.sequence = sequence;
        }

        boolean isFinished() {
            return events != null || refused != null;
        }
    }

    void begin() {
        call.onEnd(onEnd);
        call.write(IngestStreamResponse.newBuilder()
                .setOpened(IngestStreamResponse.Opened.newBuilder().setCredits(CREDITS))
                .build());
    }

    @Override
    public Future<Void> next(IngestStreamRequest request) {
        if (request.getSequence() != lastSequence + 1) {
            return Future.failedFuture(Failure.of(Reason.SEQUENCE_GAP, "appends must be numbered 1, 2, 3 and so on")
                    .with("expected", lastSequence + 1));
        }
        lastSequence++;
        Append append = new Append(lastSequence);
        underWay.add(append);
        List<NewEvent> events;
        try {
            if (drain != null) {
                throw drain;
            }
            events = mapper.apply(request);
        } catch (Failure refused) {
            append.refused = refused;
            report();
            return Future.succeededFuture();
        }
        // The next message is read only when the tags have their numbers: so appends enter the log in their order.
        return log.ensureTags(events).transform(known -> {
            if (known.failed()) {
                append.refused = known.cause();
                report();
            } else {
                log.appendInOrder(events, this).onComplete(done -> {
                    append.events = done.succeeded() ? done.result() : null;
                    append.refused = done.cause();
                    report();
                });
            }
            return waitForRoom();
        });
    }

    private Future<Void> waitForRoom() {
        if (underWay.size() < CREDITS && !call.isFull()) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = Promise.promise();
        room = promise;
        call.onDrain(this::makeRoom);
        return promise.future();
    }

    private void makeRoom() {
        Promise<Void> waiting = room;
        if (waiting != null && underWay.size() < CREDITS && !call.isFull()) {
            room = null;
            waiting.complete();
        }
    }

    /** Says what is finished, in order. */
    private void report() {
        Append last = null;
        List<Appended> lastEvents = List.of();
        int deduplicated = 0;
        while (!underWay.isEmpty() && underWay.getFirst().isFinished()) {
            Append append = underWay.removeFirst();
            if (append.refused != null) {
                acknowledge(last, lastEvents, deduplicated);
                last = null;
                deduplicated = 0;
                reject(append, append.refused);
            } else if (append.events != null) {
                last = append;
                lastEvents = append.events;
                deduplicated +=
                        (int) lastEvents.stream().filter(Appended::deduplicated).count();
            }
        }
        acknowledge(last, lastEvents, deduplicated);
        makeRoom();
        endIfFinished();
    }

    private void acknowledge(@Nullable Append last, List<Appended> events, int deduplicated) {
        if (last == null) {
            return;
        }
        LogPoint point = EventRpcs.lastPoint(events);
        call.write(IngestStreamResponse.newBuilder()
                .setAck(IngestStreamResponse.Ack.newBuilder()
                        .setThroughSequence(last.sequence)
                        .setPosition(point.position())
                        .setCursor(cursors.encode(point))
                        .setDeduplicated(deduplicated))
                .build());
    }

    private void reject(Append append, Throwable cause) {
        call.write(IngestStreamResponse.newBuilder()
                .setRejected(IngestStreamResponse.Rejected.newBuilder()
                        .setSequence(append.sequence)
                        .setStatus(StatusMapper.status(StatusMapper.failure(cause))))
                .build());
    }

    @Override
    public void ended() {
        clientEnded = true;
        endIfFinished();
    }

    /** Takes nothing new; ends when what is under way is answered. */
    void drain(Failure failure, Duration retryAfter) {
        if (drain != null) {
            return;
        }
        drain = failure;
        call.write(IngestStreamResponse.newBuilder()
                .setDraining(IngestStreamResponse.Draining.newBuilder().setRetryAfter(FilterMapper.toProto(retryAfter)))
                .build());
        endIfFinished();
    }

    private void endIfFinished() {
        if (!underWay.isEmpty()) {
            return;
        }
        if (clientEnded) {
            call.end();
        } else if (drain != null) {
            call.fail(drain);
        }
    }
}
