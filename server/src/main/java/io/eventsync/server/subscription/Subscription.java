package io.eventsync.server.subscription;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.Page;
import io.eventsync.server.event.ReadableLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.Gap;
import io.eventsync.server.sync.Starts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open stream. It is a position and nothing more: level with the loop it is a member of a group; else it reads page by page from
 * the log; while its client takes nothing it does neither, and soon costs no more than what the transport has buffered.
 */
final class Subscription implements LiveMember {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    private static final int PAGE_EVENTS = 500;
    private static final long PROGRESS_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long RETRY_MILLIS = 250;

    private final String id;
    private final SubscriptionRequest request;
    private final LiveLoop loop;
    private final ReadableLog log;
    private final Cursors cursors;
    private final Starts starts;
    private final FrameSink sink;
    private final long windowBytes;
    private final SubscriptionMeters meters;
    private final Runnable onEnd;
    private final long startMillis;
    private final ReadAhead reader;
    private final int regressions;

    private State state = State.READING;
    private @Nullable LiveGroup group;
    private volatile LogPoint point;
    private volatile boolean stalled;
    private final AtomicLong sentEvents = new AtomicLong();
    private long lastFrameNanos;
    private boolean saidLive;

    /** Drawn in docs/STATE_MACHINES.md. */
    private enum State {
        /** Behind the loop; a page is under way or about to be. */
        READING,
        /** Behind the loop; waiting for the client to take what was written. */
        BLOCKED,
        /** Member of a group. */
        LIVE,
        ENDED
    }

    Subscription(
            String id,
            SubscriptionRequest request,
            LogPoint start,
            LiveLoop loop,
            ReadableLog log,
            Cursors cursors,
            Starts starts,
            FrameSink sink,
            long windowBytes,
            long startMillis,
            SubscriptionMeters meters,
            Runnable onEnd) {
        this.id = id;
        this.request = request;
        this.point = start;
        this.loop = loop;
        this.log = log;
        this.cursors = cursors;
        this.starts = starts;
        this.sink = sink;
        this.windowBytes = windowBytes;
        this.startMillis = startMillis;
        this.meters = meters;
        this.onEnd = onEnd;
        this.reader = new ReadAhead(log.reader(request.filter()), loop.readAhead());
        this.regressions = loop.regressions();
    }

    String id() {
        return id;
    }

    LiveLoop loop() {
        return loop;
    }

    /** Callable from any thread. */
    SubscriptionInfo info() {
        return new SubscriptionInfo(
                id,
                request.clientName(),
                request.peer(),
                request.filter(),
                state == State.LIVE ? loop.point().position() : point.position(),
                stalled,
                startMillis,
                sentEvents.get());
    }

    void begin(Optional<Gap> gap) {
        send(new Frame.Started(
                point,
                id,
                request.filter(),
                log.head().position(),
                request.batchEventsMax(),
                request.heartbeatInterval()));
        gap.ifPresent(this::sayGap);
        read();
    }

    private void sayGap(Gap gap) {
        send(new Frame.Skipped(point, gap));
    }

    private void read() {
        if (state == State.ENDED) {
            return;
        }
        state = State.READING;
        if (loop.regressions() != regressions) {
            regressed();
            return;
        }
        if (point.position() >= loop.point().position()) {
            loop.catchUp();
        }
        if (point.position() == loop.point().position()) {
            goLive();
            return;
        }
        meters.read();
        reader.after(point, Math.max(PAGE_EVENTS, request.batchEventsMax()), windowBytes)
                .onComplete(this::send, this::readFailed);
    }

    private void goLive() {
        reader.forget();
        state = State.LIVE;
        if (!saidLive) {
            saidLive = true;
            send(new Frame.Progress(point, true, point.position()));
        }
        if (!hasRoom()) {
            return;
        }
        group = loop.join(
                new LiveGroup.Key(
                        request.filter(),
                        request.batchEventsMax(),
                        request.linger().toMillis()),
                this);
    }

    private void send(Page page) {
        if (state == State.ENDED) {
            return;
        }
        List<LogEvent> events = page.events();
        for (int from = 0; from < events.size(); from += request.batchEventsMax()) {
            if (!hasRoom()) {
                return;
            }
            int to = Math.min(events.size(), from + request.batchEventsMax());
            LogPoint end = to == events.size() ? page.end() : LogPoint.after(events.get(to - 1));
            sendEvents(new Frame.Events(end, events.subList(from, to)));
        }
        point = page.end();
        if (events.isEmpty() && point.position() < log.head().position()) {
            saidLive = false;
            send(new Frame.Progress(point, false, log.head().position()));
        }
        if (hasRoom()) {
            // Not straight on: other streams of this loop want their turn.
            loop.context().runOnContext(v -> read());
        }
    }

    private void sendEvents(Frame.Events frame) {
        sentEvents.addAndGet(frame.events().size());
        meters.sent(frame.events().size());
        point = frame.point();
        send(frame);
    }

    private void send(Frame frame) {
        lastFrameNanos = System.nanoTime();
        sink.write(frame);
    }

    /** Whether to write on; if not, it blocks until there is room, or a write was the last one: its client has all that it asked for. */
    private boolean hasRoom() {
        blockIfFull();
        return state != State.BLOCKED && state != State.ENDED;
    }

    private void blockIfFull() {
        if (state != State.ENDED && sink.isFull()) {
            block();
        }
    }

    private void block() {
        leaveGroup();
        state = State.BLOCKED;
        stalled(true);
        // Not at once: what makes room may be a write to another stream, in the middle of a group's portions.
        sink.onDrain(() -> loop.context().runOnContext(v -> goOn()));
    }

    private void stalled(boolean isStalled) {
        if (stalled != isStalled) {
            stalled = isStalled;
            meters.stalled(isStalled);
        }
    }

    private void goOn() {
        if (state == State.BLOCKED) {
            stalled(false);
            read();
        }
    }

    private void readFailed(Throwable cause) {
        if (state == State.ENDED) {
            return;
        }
        starts.skip(cause, request.onExpired())
                .onComplete(
                        skipped -> {
                            point = skipped.point();
                            skipped.gap().ifPresent(this::sayGap);
                            read();
                        },
                        e -> {
                            if (e instanceof Failure failure && failure.reason() != Reason.STORE_UNAVAILABLE) {
                                fail(failure);
                            } else {
                                LOG.debug("page failed subscription={} cause={} next=again", id, e.getMessage());
                                loop.vertx().setTimer(RETRY_MILLIS, t -> read());
                            }
                        });
    }

    @Override
    public void deliver(Frame.Events frame) {
        sendEvents(frame);
        blockIfFull();
    }

    @Override
    public void fallBehind(LogPoint reached) {
        group = null;
        point = reached;
        read();
    }

    @Override
    public void regressed() {
        group = null;
        fail(Failure.storeUnavailable(null));
    }

    /** Called every so often: says something if there was nothing to say for long. */
    void beat(long nowNanos) {
        if (state == State.BLOCKED) {
            reader.rest();
        }
        long silence = nowNanos - lastFrameNanos;
        if (state == State.LIVE && silence >= request.heartbeatInterval().toNanos()) {
            settle();
            if (state == State.LIVE) {
                send(new Frame.Progress(point, true, log.head().position()));
                blockIfFull();
            }
        } else if (state == State.READING && silence >= PROGRESS_NANOS && !sink.isFull()) {
            saidLive = false;
            send(new Frame.Progress(point, false, log.head().position()));
        }
    }

    /** The server wants the stream to end: well, or to be taken up elsewhere. */
    void drain(Duration retryAfter, @Nullable Failure failure) {
        if (state == State.ENDED) {
            return;
        }
        settle();
        send(new Frame.Draining(point, retryAfter));
        if (failure == null) {
            finish();
            sink.end();
        } else {
            fail(failure);
        }
    }

    void fail(Failure failure) {
        if (state != State.ENDED) {
            settle();
            LogPoint last = point;
            finish();
            sink.fail(failure.with("cursor", cursors.encode(last)));
        }
    }

    /** The client is gone. */
    void gone() {
        finish();
    }

    private void finish() {
        if (state != State.ENDED) {
            leaveGroup();
            reader.forget();
            stalled(false);
            state = State.ENDED;
            onEnd.run();
        }
    }

    /** Sends what the group holds back, so that the stream stands where the loop does. */
    private void settle() {
        LiveGroup joined = group;
        if (state == State.LIVE && joined != null) {
            joined.flush(loop.point());
            if (state == State.LIVE) {
                point = loop.point();
            }
        }
    }

    private void leaveGroup() {
        LiveGroup joined = group;
        if (joined != null) {
            group = null;
            loop.leave(joined, this);
        }
    }
}
