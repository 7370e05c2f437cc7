package io.eventsync.server.sync;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.ReadableLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/** Turns what a reader asked for into a verified point of the log. */
public final class Starts {
    private final ReadableLog log;
    private final Cursors cursors;
    private final Function<String, Future<LogPoint>> consumers;

    /** @param consumers the committed point of a consumer by its name */
    public Starts(ReadableLog log, Cursors cursors, Function<String, Future<LogPoint>> consumers) {
        this.log = log;
        this.cursors = cursors;
        this.consumers = consumers;
    }

    /** The point, and what was skipped to get to it. */
    public record Resolved(LogPoint point, Optional<Gap> gap) {}

    public Future<Resolved> resolve(Start start, ExpiredPolicy onExpired) {
        Future<LogPoint> point;
        try {
            point = locate(start);
        } catch (Failure refused) {
            return Future.failedFuture(refused);
        }
        return point.map(found -> new Resolved(found, Optional.empty())).recover(e -> skip(e, onExpired));
    }

    /** Where a cursor stands. If retention has passed it, the failure says where the earliest event is. */
    public Future<LogPoint> verify(String cursor) {
        return resolve(new Start.AtCursor(cursor), ExpiredPolicy.ERROR).map(Resolved::point);
    }

    private Future<LogPoint> locate(Start start) {
        if (start instanceof Start.AtCursor at) {
            return log.verify(cursors.decode(at.cursor()));
        } else if (start instanceof Start.AfterPosition after && !isBeginning(start)) {
            return log.point(after.position());
        } else if (start instanceof Start.AtTime time) {
            return log.pointBefore(time.micros());
        } else if (start instanceof Start.OfConsumer consumer) {
            return consumers.apply(consumer.name()).compose(log::verify);
        } else if (start instanceof Start.Now) {
            return Future.succeededFuture(log.head());
        }
        return Future.succeededFuture(log.beginning());
    }

    /** Wherever it is by the time that it is read. */
    public static boolean isBeginning(Start start) {
        return start instanceof Start.Beginning
                || (start instanceof Start.AfterPosition after && after.position() == 0);
    }

    /** Goes on at the earliest event if that is allowed; else says where the earliest is. */
    public Future<Resolved> skip(Throwable cause, ExpiredPolicy onExpired) {
        if (!(cause instanceof Failure failure) || failure.reason() != Reason.CURSOR_EXPIRED) {
            return Future.failedFuture(cause);
        }
        LogPoint earliest = log.beginningAfter(failure);
        if (onExpired == ExpiredPolicy.ERROR) {
            return Future.failedFuture(failure.with("earliest_cursor", cursors.encode(earliest)));
        }
        long missed = Long.parseLong(failure.metadata().getOrDefault("missed_events", "0"));
        return Future.succeededFuture(new Resolved(earliest, Optional.of(new Gap(missed, earliest.position() + 1))));
    }
}
