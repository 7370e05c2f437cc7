package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.ReadableLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.tag.TagIndex;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to the endpoints. Those that keep up share one look at each new event; one that has no room leaves, and reads for itself
 * until it has caught up.
 */
final class Feeder {
    private static final Logger LOG = LoggerFactory.getLogger(Feeder.class);
    private static final int READS_MAX = 4;
    private static final long BYTES_MAX = 1 << 20;
    private static final long RETRY_MILLIS = 250;

    private final Vertx vertx;
    private final ReadableLog log;
    private final SteadyClock clock;
    private final Listener listener;
    private final Set<Assignment> live = new LinkedHashSet<>();
    private final TagIndex<Assignment> index = new TagIndex<>();
    private final Map<Integer, List<Assignment>> byTagId = new HashMap<>();
    private final Deque<Assignment> wantsToRead = new ArrayDeque<>();
    private int reads;
    private boolean isReadingNext;
    private LogPoint point;
    private volatile boolean sleeps = true;

    /** Hears what came of the feeding. */
    interface Listener {
        /** It has something to send, perhaps. */
        void fed(Assignment assignment);

        /** Retention removed events that the endpoint had not come to. */
        void expired(Assignment assignment, Failure cause);

        /** The endpoint's place is in a history that the database has lost. */
        void foreign(Assignment assignment);
    }

    Feeder(Vertx vertx, ReadableLog log, SteadyClock clock, Listener listener) {
        this.vertx = vertx;
        this.log = log;
        this.clock = clock;
        this.listener = listener;
        this.point = log.head();
    }

    /** Whether no endpoint keeps up, so that new events are nothing to it. Any thread. */
    boolean sleeps() {
        return sleeps;
    }

    /** Up to here the endpoints that keep up have been fed. While there are none it may be behind. */
    LogPoint point() {
        return point;
    }

    /** Everything is new: the log started over. */
    void restart() {
        point = log.head();
    }

    /** Feeds what has come to those that keep up. */
    void advance() {
        LogPoint head = log.head();
        if (head.position() <= point.position()) {
            return;
        }
        if (live.isEmpty()) {
            point = head;
            return;
        }
        long now = clock.millis();
        for (long position = point.position() + 1; position <= head.position(); position++) {
            LogEvent event = log.recent(position);
            if (event == null) {
                LogPoint reached = point;
                point = head; // before they read: one that is answered at once joins again
                List.copyOf(live).forEach(assignment -> leave(assignment, reached));
                return;
            }
            for (Assignment assignment : matching(event)) {
                if (assignment.isLive) {
                    feed(assignment, event, now);
                }
            }
            point = LogPoint.after(event);
        }
    }

    private void feed(Assignment assignment, LogEvent event, long now) {
        if (!assignment.run().settings().filter().matchesBody(event)) {
            return;
        }
        if (assignment.run().room() == 0) {
            leave(assignment, point);
            return;
        }
        assignment.run().offer(event, now);
        listener.fed(assignment);
    }

    private List<Assignment> matching(LogEvent event) {
        if (event.tagId() == 0) {
            return match(event);
        }
        return byTagId.computeIfAbsent(event.tagId(), id -> match(event));
    }

    private List<Assignment> match(LogEvent event) {
        List<Assignment> found = new ArrayList<>();
        for (Assignment assignment : index.match(event.tag())) {
            if (assignment.run().settings().filter().matchesTag(event.tag())) {
                found.add(assignment);
            }
        }
        return found;
    }

    /** From here on it is told of new events; those that came while it slept are nobody's. */
    private void wake() {
        if (sleeps) {
            sleeps = false;
            advance();
        }
    }

    private void join(Assignment assignment) {
        assignment.isLive = true;
        live.add(assignment);
        index.add(assignment.run().settings().filter().include(), assignment);
        byTagId.clear();
    }

    private void leave(Assignment assignment, LogPoint reached) {
        assignment.run().readThrough(reached);
        remove(assignment);
        want(assignment);
    }

    /** The endpoint is fed no more. */
    void remove(Assignment assignment) {
        if (assignment.isLive) {
            assignment.isLive = false;
            live.remove(assignment);
            index.remove(assignment.run().settings().filter().include(), assignment);
            byTagId.clear();
            sleeps = live.isEmpty();
        }
    }

    /** The endpoint may have room: if it does not keep up, it reads on. */
    void want(Assignment assignment) {
        boolean isBusy = assignment.isLive || assignment.isReading || assignment.isEnding;
        if (isBusy || !assignment.run().wantsPage()) {
            return;
        }
        assignment.isReading = true;
        wantsToRead.add(assignment);
        readNext();
    }

    /** In a loop, though a read ends with this: thousands that are answered at once, from memory, would be too deep for the stack. */
    private void readNext() {
        if (isReadingNext) {
            return;
        }
        isReadingNext = true;
        try {
            while (reads < READS_MAX && !wantsToRead.isEmpty()) {
                read(wantsToRead.poll());
            }
        } finally {
            isReadingNext = false;
        }
    }

    private void read(Assignment assignment) {
        EndpointRun run = assignment.run();
        int room = run.room();
        if (room == 0 || assignment.isEnding) {
            assignment.isReading = false;
            return;
        }
        if (assignment.reader == null) {
            assignment.reader = log.reader(run.settings().filter());
        }
        reads++;
        assignment
                .reader
                .after(run.read(), room, BYTES_MAX)
                .onComplete(
                        page -> {
                            reads--;
                            assignment.isReading = false;
                            if (assignment.isEnding) { // whoever works it next reads this by the settings of then
                                readNext();
                                return;
                            }
                            long now = clock.millis();
                            page.events().forEach(event -> run.offer(event, now));
                            run.readThrough(page.end());
                            wake();
                            if (page.end().position() >= point.position()) {
                                join(assignment);
                            } else {
                                want(assignment);
                            }
                            sleeps = live.isEmpty();
                            listener.fed(assignment);
                            readNext();
                        },
                        e -> {
                            reads--;
                            failed(assignment, e);
                            readNext();
                        });
    }

    private void failed(Assignment assignment, Throwable cause) {
        if (cause instanceof Failure failure && failure.reason() == Reason.CURSOR_EXPIRED) {
            assignment.isReading = false;
            listener.expired(assignment, failure);
            return;
        }
        if (cause instanceof Failure failure && failure.reason() == Reason.CURSOR_FOREIGN) {
            assignment.isReading = false;
            listener.foreign(assignment);
            return;
        }
        LOG.debug("reading for an endpoint failed endpoint={} cause={}", assignment.id(), cause.getMessage());
        vertx.setTimer(RETRY_MILLIS, t -> {
            assignment.isReading = false;
            want(assignment);
        });
    }
}
