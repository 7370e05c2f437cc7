package io.eventsync.server.event;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest events in memory, bounded by number and bytes, and the head that readers go by. One writer, any number of readers without
 * locks: a reader asks for a position up to the head and gets that event, or nothing if the ring has dropped it, and then goes to
 * Postgres.
 */
final class TailRing {
    private final AtomicReferenceArray<@Nullable LogEvent> slots;
    private final int mask;
    private final long bytesMax;
    private volatile LogPoint head = LogPoint.BEGINNING;
    private long oldest = 1;
    private long newest;
    private long bytes;

    TailRing(int eventsMax, long bytesMax) {
        int size = Integer.highestOneBit(Math.max(2, eventsMax));
        this.slots = new AtomicReferenceArray<>(size);
        this.mask = size - 1;
        this.bytesMax = bytesMax;
    }

    LogPoint head() {
        return head;
    }

    @Nullable
    LogEvent get(long position) {
        LogEvent event = slots.get((int) position & mask);
        return event != null && event.position() == position ? event : null;
    }

    /** Only by the writer, in position order; the head comes last, or a reader would find nothing there. */
    void append(List<LogEvent> events) {
        for (LogEvent event : events) {
            add(event);
        }
        head = LogPoint.after(events.get(events.size() - 1));
    }

    /** Only by the writer: forgets what is here. The head comes last, or a reader would find what another history had there. */
    void startAt(LogPoint point) {
        clear();
        head = point;
    }

    /** Only by the writer, in position order. */
    void add(LogEvent event) {
        if (event.position() != newest + 1) {
            clear();
            oldest = event.position();
        }
        newest = event.position();
        if (newest - oldest > mask) {
            dropOldest();
        }
        slots.set((int) newest & mask, event);
        bytes += event.bytes();
        while (bytes > bytesMax && oldest < newest) {
            dropOldest();
        }
    }

    void clear() {
        while (oldest <= newest) {
            dropOldest();
        }
        bytes = 0;
    }

    private void dropOldest() {
        int slot = (int) oldest & mask;
        LogEvent event = slots.get(slot);
        if (event != null && event.position() == oldest) {
            bytes -= event.bytes();
            slots.set(slot, null);
        }
        oldest++;
    }
}
