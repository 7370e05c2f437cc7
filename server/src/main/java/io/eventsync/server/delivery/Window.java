package io.eventsync.server.delivery;

import io.eventsync.server.event.LogPoint;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far an endpoint has come: a low-water mark up to which everything matching is settled, and what is settled beyond it. Settled
 * means delivered, or on record as waiting or dead.
 */
final class Window {
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final Set<Long> settledBefore;
    private int settledAhead;
    private LogPoint low;
    private LogPoint read;
    private @Nullable LogPoint previousOfLow;
    private @Nullable LogPoint lastTaken;

    private static final class Entry {
        final LogPoint after;
        boolean isSettled;

        Entry(LogPoint after) {
            this.after = after;
        }
    }

    /**
     * @param previous the last matching event up to {@code low}, if known
     * @param settled positions beyond {@code low} that are settled
     */
    Window(LogPoint low, @Nullable LogPoint previous, Set<Long> settled) {
        this.low = low;
        this.read = low;
        this.previousOfLow = previous;
        this.lastTaken = previous;
        this.settledBefore = new HashSet<>(settled);
    }

    /** The matching event before the next one that is taken, if known. */
    @Nullable
    LogPoint previous() {
        return lastTaken;
    }

    /** Takes the next matching event; answers whether it still has to be delivered. */
    boolean take(LogPoint after) {
        Entry entry = new Entry(after);
        entries.put(after.position(), entry);
        read = after;
        lastTaken = after;
        if (settledBefore.remove(after.position())) {
            entry.isSettled = true;
            settledAhead++;
            trim();
            return false;
        }
        return true;
    }

    /** Everything up to here was looked at. */
    void readThrough(LogPoint point) {
        if (point.position() > read.position()) {
            read = point;
            settledBefore.removeIf(p -> p <= point.position()); // the filter changed and matches it no longer
        }
        trim();
    }

    LogPoint read() {
        return read;
    }

    void settle(long position) {
        Entry entry = entries.get(position);
        if (entry != null && !entry.isSettled) {
            entry.isSettled = true;
            settledAhead++;
            trim();
        }
    }

    private void trim() {
        Map.Entry<Long, Entry> first = entries.firstEntry();
        while (first != null && first.getValue().isSettled) {
            low = first.getValue().after;
            previousOfLow = low;
            entries.pollFirstEntry();
            settledAhead--;
            first = entries.firstEntry();
        }
        if (entries.isEmpty()) {
            low = read;
        }
    }

    LogPoint low() {
        return low;
    }

    /** The last matching event up to the low-water mark, if known. */
    @Nullable
    LogPoint previousOfLow() {
        return previousOfLow;
    }

    /** What is settled beyond the low-water mark, rising. */
    long[] ahead() {
        if (entries.isEmpty() && settledBefore.isEmpty()) {
            return new long[0];
        }
        return java.util.stream.LongStream.concat(
                        entries.entrySet().stream()
                                .filter(e -> e.getValue().isSettled)
                                .mapToLong(Map.Entry::getKey),
                        settledBefore.stream().mapToLong(p -> p))
                .sorted()
                .toArray();
    }

    /** Events that are settled and not covered by the low-water mark. */
    int settledAhead() {
        return settledAhead;
    }

    /** The oldest event that is not settled; 0 if there is none. */
    long oldestOpen() {
        return entries.isEmpty() ? 0 : entries.firstKey();
    }
}
