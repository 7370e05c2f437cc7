package io.eventsync.client.internal;

import io.eventsync.v1.Event;
import io.eventsync.v1.Gap;
import io.eventsync.v1.SubscribeResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Frames that came, to a reader that says how much it wants: by the event, or by the frame. Nothing that the reader does in its handler makes
 * it be called again before it returns. All on one loop.
 */
public final class Feed {
    /** Who reads. What any of these throws ends the subscription. */
    public interface Reader {
        /** One unit of demand is used up by one event, or by all that is left of a frame. */
        boolean isByFrame();

        /** The next event, or all that are left of a frame. */
        void events(List<Event> events);

        /** Retention took events away before the reader came to them. */
        void gap(Gap gap);

        /** Everything that the log held was handed on. */
        void caughtUp();

        /** The last call. */
        void ended(@Nullable Throwable failure);
    }

    private final Reader reader;
    private final Runnable done;
    private final Consumer<Throwable> broken;
    private final Deque<SubscribeResponse> frames = new ArrayDeque<>();

    private int read;
    private long demand;
    private boolean isHandingOn;
    private boolean isEnding;
    private boolean isEnded;
    private @Nullable Throwable failure;

    /**
     * @param done called when a frame is used up
     * @param broken told what the reader threw
     */
    public Feed(Reader reader, Runnable done, Consumer<Throwable> broken) {
        this.reader = reader;
        this.done = done;
        this.broken = broken;
    }

    public void take(SubscribeResponse frame) {
        frames.addLast(frame);
        handOn();
    }

    /** So much more is wanted; from Long.MAX_VALUE on everything is. */
    public void demand(long more) {
        demand = demand + more < 0 ? Long.MAX_VALUE : demand + more;
        handOn();
    }

    public void pause() {
        demand = 0;
    }

    /** No more frames come. What came before is read first, unless it is not wanted any more. */
    public void end(@Nullable Throwable why, boolean isAtOnce) {
        isEnding = true;
        failure = why;
        if (isAtOnce) {
            frames.clear();
            read = 0;
        }
        handOn();
    }

    /** What came and was not read is not wanted any more; matters once no more comes. */
    public void drop() {
        if (isEnding) {
            end(failure, true);
        }
    }

    /** Events that came and were not handed on. */
    public int waiting() {
        return frames.stream()
                        .mapToInt(frame -> frame.getBatch().getEventsCount())
                        .sum()
                - read;
    }

    private void handOn() {
        if (isHandingOn) {
            return;
        }
        isHandingOn = true;
        try {
            boolean isMoving = true;
            while (isMoving) {
                isMoving = step();
            }
        } catch (RuntimeException | Error thrown) {
            // The loop is left in order before anyone hears of it.
            isHandingOn = false;
            broken.accept(thrown);
        } finally {
            isHandingOn = false;
        }
    }

    private boolean step() {
        SubscribeResponse frame = frames.peekFirst();
        if (frame == null) {
            return end();
        }
        if (frame.hasBatch()) {
            return demand > 0 && handOn(frame);
        }
        frames.removeFirst();
        if (frame.hasGap()) {
            reader.gap(frame.getGap());
        } else {
            reader.caughtUp();
        }
        done.run();
        return true;
    }

    private boolean handOn(SubscribeResponse frame) {
        List<Event> events = frame.getBatch().getEventsList();
        int to = reader.isByFrame() ? events.size() : read + 1;
        List<Event> unit = events.subList(read, to);
        boolean isUsedUp = to == events.size();
        read = isUsedUp ? 0 : to;
        if (isUsedUp) {
            frames.removeFirst();
        }
        if (demand < Long.MAX_VALUE) {
            demand--;
        }
        reader.events(unit);
        if (isUsedUp) {
            done.run();
        }
        return true;
    }

    private boolean end() {
        if (isEnding && !isEnded) {
            isEnded = true;
            reader.ended(failure);
        }
        return false;
    }
}
