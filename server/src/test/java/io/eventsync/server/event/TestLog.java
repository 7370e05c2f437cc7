package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A log in a list. What Postgres would answer later, it hands to the test as a task to run when it likes. */
public final class TestLog implements ReadableLog {
    private final int ringEvents;
    private final Consumer<Runnable> later;
    private final List<LogEvent> events = new ArrayList<>();
    private final List<Listening> listening = new ArrayList<>();
    private long earliest = 1;
    private boolean isDown;

    /** @param ringEvents how many of the newest events are in memory */
    public TestLog(int ringEvents, Consumer<Runnable> later) {
        this.ringEvents = ringEvents;
        this.later = later;
    }

    private record Listening(Context context, TailListener listener) {}

    public void append(String tag, String key) {
        events.add(TestEvents.event(events.size() + 1L, tag, key));
        listening.stream()
                .filter(one -> !one.listener.sleeps())
                .forEach(one -> one.context.runOnContext(v -> one.listener.advanced()));
    }

    /** Removes everything before this position. */
    public void expireBefore(long position) {
        earliest = Math.max(earliest, Math.min(position, events.size()));
    }

    public long earliest() {
        return earliest;
    }

    /** While down, reads that do not come from memory fail. */
    public void setDown(boolean isDown) {
        this.isDown = isDown;
    }

    /** Loses the newest events, whose positions then are used again for others. */
    public void regress(int lost, int writtenAnew) {
        for (int i = 0; i < lost; i++) {
            events.remove(events.size() - 1);
        }
        for (int i = 0; i < writtenAnew; i++) {
            long position = events.size() + 1L;
            events.add(
                    TestEvents.event(position, "A", "other-" + position, io.eventsync.v1.Event.getDefaultInstance()));
        }
        listening.forEach(one -> one.context.runOnContext(v -> one.listener.regressed()));
    }

    /** What a reader with this filter has to get between two positions. */
    public List<LogEvent> matching(long after, long through, EventFilter filter) {
        return events.subList((int) after, (int) through).stream()
                .filter(filter::matches)
                .toList();
    }

    public boolean isListenedTo() {
        return !listening.isEmpty();
    }

    @Override
    public LogPoint head() {
        return pointAt(events.size());
    }

    private LogPoint pointAt(long position) {
        return position == 0 ? LogPoint.BEGINNING : LogPoint.after(events.get((int) position - 1));
    }

    @Override
    public LogPoint beginning() {
        return new LogPoint(earliest - 1, 0);
    }

    @Override
    public @Nullable LogEvent recent(long position) {
        return position > events.size() - ringEvents && position >= 1 && position <= events.size()
                ? events.get((int) position - 1)
                : null;
    }

    @Override
    public Reader reader(EventFilter filter) {
        return (start, eventsMax, bytesMax) -> {
            if (start.position() >= events.size()) {
                return Future.succeededFuture(new Page(List.of(), start));
            }
            if (recent(start.position() + 1) != null) {
                return Future.succeededFuture(page(filter, start.position(), eventsMax));
            }
            Promise<Page> promise = Promise.promise();
            later.accept(() -> {
                if (isDown) {
                    promise.fail(Failure.storeUnavailable(null));
                } else if (start.position() + 1 < earliest) {
                    promise.fail(LogReader.expired(start.position(), earliest));
                } else {
                    promise.complete(page(filter, start.position(), eventsMax));
                }
            });
            return promise.future();
        };
    }

    /** At most seven positions are looked at, so that a reader meets pages without events. */
    private Page page(EventFilter filter, long after, int eventsMax) {
        List<LogEvent> found = new ArrayList<>();
        long end = after;
        while (end < events.size() && end < after + 7 && found.size() < eventsMax) {
            LogEvent event = events.get((int) end);
            end++;
            if (filter.matches(event)) {
                found.add(event);
            }
        }
        return new Page(found, pointAt(end));
    }

    @Override
    public Future<LogPoint> point(long position) {
        if (position + 1 < earliest) {
            return Future.failedFuture(LogReader.expired(position, earliest));
        }
        return position > events.size()
                ? Future.failedFuture(Failure.of(Reason.CURSOR_AHEAD, "beyond the head"))
                : Future.succeededFuture(pointAt(position));
    }

    @Override
    public Future<LogPoint> pointBefore(long micros) {
        return point(events.stream().filter(e -> e.ingestMicros() < micros).count());
    }

    @Override
    public Future<LogPoint> verify(LogPoint given) {
        return point(given.position())
                .compose(actual -> given.agreesWith(actual)
                        ? Future.succeededFuture(actual)
                        : Future.failedFuture(Failure.of(Reason.CURSOR_FOREIGN, "another history")));
    }

    @Override
    public void subscribe(Context context, TailListener listener) {
        listening.add(new Listening(context, listener));
    }

    @Override
    public void unsubscribe(TailListener listener) {
        listening.removeIf(one -> one.listener == listener);
    }
}
