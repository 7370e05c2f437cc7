package io.eventsync.client.internal;

import io.eventsync.v1.SubscribeResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * What was received, and up to where it was processed. Safe for any thread: handlers and readers of their own threads ask it.
 *
 * <p>It holds the ends of the frames that are not processed yet, at most so many. With more, every second one is forgotten: places between
 * are then told from an earlier cursor, just as exactly, only further back to read from.
 */
public final class Ledger {
    private static final int ENDS_MAX = 1_024;

    private record End(long position, String cursor) {}

    private final Deque<End> ends = new ArrayDeque<>();
    private Place processed = new Place("", 0);
    private long processedThrough;
    private long received;

    /** Reading begins here; an empty cursor is one that is not known yet. */
    public synchronized void begin(Place from) {
        processed = from;
        processedThrough = from.position();
    }

    /** A frame came, after those before it. */
    public synchronized void received(SubscribeResponse frame) {
        String cursor = frame.getCursor();
        int events = frame.getBatch().getEventsCount();
        if (events > 0) {
            received = frame.getBatch().getEvents(events - 1).getPosition();
            if (ends.size() >= ENDS_MAX) {
                thin();
            }
            ends.addLast(new End(received, cursor));
        } else if (!cursor.isEmpty()) {
            moved(cursor, frame.getProgress().getPosition());
        }
    }

    /** Nothing matched up to here: processing the last event now brings one further than its own frame's end. */
    private void moved(String cursor, long reached) {
        End last = ends.pollLast();
        if (last == null) {
            // Going on inside a frame begins before what was processed of it, which stays processed.
            processed = new Place(cursor, processed.position() > reached ? processed.position() : 0);
        } else {
            ends.addLast(new End(last.position(), cursor));
        }
    }

    private void thin() {
        boolean isOdd = false;
        for (Iterator<End> each = ends.iterator(); each.hasNext(); isOdd = !isOdd) {
            each.next();
            if (isOdd && each.hasNext()) {
                each.remove();
            }
        }
    }

    /** Everything up to this position is processed. Answers whether that is news. */
    @CanIgnoreReturnValue
    public synchronized boolean processed(long position) {
        if (position <= processedThrough || position > received) {
            return false;
        }
        processed = at(position);
        processedThrough = position;
        while (!ends.isEmpty() && ends.getFirst().position() <= position) {
            ends.removeFirst();
        }
        return true;
    }

    public synchronized Place processed() {
        return processed;
    }

    /** The place right after an event that was received; what is processed already is not gone back behind. */
    public synchronized Place at(long position) {
        if (position <= processedThrough || position > received) {
            return processed;
        }
        Place place = processed;
        for (End end : ends) {
            if (end.position() > position) {
                break;
            }
            place = new Place(end.cursor(), 0);
            if (end.position() == position) {
                return place;
            }
        }
        return new Place(place.cursor(), position);
    }
}
