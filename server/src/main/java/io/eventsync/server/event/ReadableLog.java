package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The log as its readers see it. Any thread may call. */
public interface ReadableLog {
    /** The newest durable point that this node has seen. */
    LogPoint head();

    /** The point before the earliest event that is kept, as far as this node has heard. */
    LogPoint beginning();

    /** Where a reader goes on that was refused as expired: the refusal may know of more than this node has heard. */
    default LogPoint beginningAfter(Failure expired) {
        LogPoint known = beginning();
        long earliest = Long.parseLong(expired.metadata().getOrDefault("earliest_position", "1"));
        return earliest - 1 > known.position() ? new LogPoint(earliest - 1, 0) : known;
    }

    /** The event at this position if it is in memory. */
    @Nullable
    LogEvent recent(long position);

    Reader reader(EventFilter filter);

    /** The point right after a position, with its fingerprint. Fails with CURSOR_AHEAD or CURSOR_EXPIRED if it is outside the log. */
    Future<LogPoint> point(long position);

    /** The point before the first event with an ingest time at or after this. */
    Future<LogPoint> pointBefore(long micros);

    /** Makes sure that a point given by a client lies in this history of the log; fails with CURSOR_FOREIGN if it does not. */
    Future<LogPoint> verify(LogPoint given);

    /** Calls the listener on this context whenever the log has moved. */
    void subscribe(Context context, TailListener listener);

    void unsubscribe(TailListener listener);
}
