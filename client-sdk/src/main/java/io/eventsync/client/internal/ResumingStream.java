package io.eventsync.client.internal;

import com.google.rpc.Code;
import io.eventsync.client.EventSyncException;
import io.eventsync.client.SubscriptionState;
import io.eventsync.client.internal.Lifecycle.Signal;
import io.eventsync.v1.Event;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one stream after the other, as if it were one: each goes on after the last frame of the one before, so that the reader sees every
 * matching event once. {@link Lifecycle} decides; this does it. All on one loop.
 *
 * <p>At most {@link #FRAMES_MAX} frames are asked for or with the reader at any time. Time without a wanted frame is not silence.
 */
public final class ResumingStream {
    static final int FRAMES_MAX = 4;
    private static final int HEARTBEATS_SILENT = 3;

    /** Who reads. */
    public interface Reader {
        /** Where the stream stands now. Called within the change: do nothing that changes it again. */
        void state(SubscriptionState state);

        /** A frame that only moves the cursor. */
        void note(SubscribeResponse frame);

        /** A frame to be read; call {@link #more} when done with it. */
        void take(SubscribeResponse frame);

        /** The last call. */
        void ended(@Nullable Throwable failure);
    }

    /**
     * How to read.
     *
     * @param request all but the start
     * @param openWithin how long opening a stream may take
     */
    public record Settings(SubscribeRequest request, FullJitter backoff, Duration openWithin, RandomGenerator random) {}

    private final StreamSource source;
    private final Loop loop;
    private final Settings settings;
    private final Reader reader;

    private SubscriptionState state = SubscriptionState.IDLE;
    private Start start = Start.getDefaultInstance();
    private long readThrough;
    private StreamSource.@Nullable Stream stream;
    private int streams;
    private boolean isOpen;
    private int wanted;
    private int kept;
    private int failures;
    private Duration retryAfter = Duration.ZERO;
    private long heardNanos;
    private @Nullable Long timer;

    public ResumingStream(StreamSource source, Loop loop, Settings settings, Reader reader) {
        this.source = source;
        this.loop = loop;
        this.settings = settings;
        this.reader = reader;
    }

    /** Begins; events up to the position are left out. */
    public void start(Start from, long after) {
        start = from;
        readThrough = after;
        on(Signal.START, null, null);
    }

    /** The reader is done with a frame. */
    public void more() {
        kept--;
        want();
    }

    public void close() {
        on(Signal.CLOSE, null, null);
    }

    public void fail(Throwable failure) {
        on(Signal.REFUSED, null, failure);
    }

    public SubscriptionState state() {
        return state;
    }

    private void on(Signal signal, @Nullable SubscribeResponse frame, @Nullable Throwable failure) {
        Lifecycle.Move move = Lifecycle.move(state, signal);
        if (state != move.to()) {
            state = move.to();
            reader.state(state);
        }
        switch (move.action()) {
            case NONE -> {}
            case OPEN -> open();
            case NOTE -> note(frame);
            case TAKE -> take(frame);
            case WAIT -> waitForNext(failure);
            case END -> end(failure);
        }
    }

    private void open() {
        int number = ++streams;
        isOpen = false;
        wanted = Math.max(1, FRAMES_MAX - kept);
        heardNanos = loop.nanos();
        watch(settings.openWithin().toNanos());
        StreamSource.Stream opened =
                source.open(settings.request().toBuilder().setStart(start).build(), new StreamSource.Listener() {
                    @Override
                    public void frame(SubscribeResponse frame) {
                        if (number == streams) {
                            heard(frame);
                        }
                    }

                    @Override
                    public void ended(@Nullable EventSyncException failure) {
                        if (number == streams) {
                            over(failure);
                        }
                    }
                });
        if (number == streams) {
            stream = opened;
            opened.fetch(wanted);
        } else {
            opened.cancel();
        }
    }

    private void heard(SubscribeResponse frame) {
        isOpen = true;
        wanted--;
        heardNanos = loop.nanos();
        if (!frame.getCursor().isEmpty()) {
            start = Start.newBuilder().setCursor(frame.getCursor()).build();
        }
        switch (frame.getKindCase()) {
            case STARTED -> on(Signal.STARTED, frame, null);
            case BATCH -> events(frame);
            case GAP -> on(Signal.GAP, frame, null);
            case DRAINING -> drain(frame);
            case PROGRESS ->
                on(
                        frame.getProgress().getState() == SubscribeResponse.Progress.State.STATE_LIVE
                                ? Signal.LEVEL
                                : Signal.BEHIND,
                        frame,
                        null);
            // A kind that a newer server has: its cursor holds all the same.
            case KIND_NOT_SET -> note(frame);
        }
    }

    private void events(SubscribeResponse frame) {
        failures = 0;
        List<Event> events = frame.getBatch().getEventsList();
        long last = events.get(events.size() - 1).getPosition();
        long known = readThrough;
        readThrough = Math.max(known, last);
        if (last <= known) {
            // Going on inside a frame: all of this was read before. Only the cursor is new.
            on(Signal.BEHIND, frame.toBuilder().clearBatch().build(), null);
        } else if (events.get(0).getPosition() > known) {
            on(Signal.EVENTS, frame, null);
        } else {
            List<Event> unread =
                    events.stream().filter(event -> event.getPosition() > known).toList();
            on(
                    Signal.EVENTS,
                    frame.toBuilder()
                            .setBatch(SubscribeResponse.EventBatch.newBuilder().addAllEvents(unread))
                            .build(),
                    null);
        }
    }

    private void drain(SubscribeResponse frame) {
        var asked = frame.getDraining().getRetryAfter();
        retryAfter = Duration.ofSeconds(asked.getSeconds(), asked.getNanos());
        reader.note(frame);
        on(Signal.ENDED, null, null);
    }

    private void note(@Nullable SubscribeResponse frame) {
        if (frame != null) {
            reader.note(frame);
        }
        want();
    }

    private void take(@Nullable SubscribeResponse frame) {
        if (state == SubscriptionState.LIVE) {
            failures = 0;
        }
        if (frame != null) {
            kept++;
            reader.take(frame);
        }
    }

    private void want() {
        if (stream == null || wanted + kept >= FRAMES_MAX) {
            return;
        }
        if (wanted == 0) {
            // The reader stood still till now, and the server with it.
            heardNanos = loop.nanos();
        }
        wanted++;
        stream.fetch(1);
    }

    private void over(@Nullable EventSyncException failure) {
        if (failure == null) {
            on(Signal.ENDED, null, null);
        } else if (isWorthAnotherTry(failure)) {
            on(Signal.LOST, null, failure);
        } else {
            on(Signal.REFUSED, null, failure);
        }
    }

    private boolean isWorthAnotherTry(EventSyncException failure) {
        // A stream whose token ran out is opened again with a new one; a new one that is refused too is not tried
        // again.
        return Failures.isWorthAnotherTry(failure) || (failure.code() == Code.UNAUTHENTICATED && isOpen);
    }

    private void waitForNext(@Nullable Throwable failure) {
        drop();
        if (failure instanceof EventSyncException e && e.retryAfter().isPresent()) {
            retryAfter = e.retryAfter().get();
        }
        failures++;
        long delay = settings.backoff().delayMillis(failures, retryAfter, settings.random());
        retryAfter = Duration.ZERO;
        timer = loop.after(Math.max(1, delay), () -> {
            timer = null;
            on(Signal.DUE, null, null);
        });
    }

    private void end(@Nullable Throwable failure) {
        drop();
        reader.ended(failure);
    }

    private void drop() {
        streams++;
        wanted = 0;
        if (timer != null) {
            loop.cancel(timer);
            timer = null;
        }
        StreamSource.Stream dropped = stream;
        stream = null;
        if (dropped != null) {
            dropped.cancel();
        }
    }

    private void watch(long nanos) {
        timer = loop.after(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)), () -> {
            timer = null;
            long limit = isOpen ? silenceNanos() : settings.openWithin().toNanos();
            long silent = wanted == 0 ? 0 : loop.nanos() - heardNanos;
            if (silent >= limit) {
                if (stream != null) {
                    stream.suspect();
                }
                on(
                        Signal.SILENT,
                        null,
                        Failures.lost(
                                new TimeoutException("no frame for " + TimeUnit.NANOSECONDS.toMillis(silent) + " ms")));
            } else {
                watch(limit - silent);
            }
        });
    }

    private long silenceNanos() {
        var interval = settings.request().getHeartbeatInterval();
        return HEARTBEATS_SILENT * (TimeUnit.SECONDS.toNanos(interval.getSeconds()) + interval.getNanos());
    }
}
