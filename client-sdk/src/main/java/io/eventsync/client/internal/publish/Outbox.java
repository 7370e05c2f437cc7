package io.eventsync.client.internal.publish;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The events of a publisher that have no answer yet: those that wait to be sent, in the order of publishing, and those that are under way.
 * Knows nothing of streams.
 */
final class Outbox {
    private final int eventsMax;
    private final int bytesMax;
    private final long lingerNanos;
    private final PriorityQueue<Entry> waiting = new PriorityQueue<>(Comparator.comparingLong(Entry::number));
    private final Set<Append> underWay = new HashSet<>();
    private long lastNumber;
    private long waitingBytes;
    private long hurriedThrough;

    Outbox(int eventsMax, int bytesMax, Duration linger) {
        this.eventsMax = eventsMax;
        this.bytesMax = bytesMax;
        this.lingerNanos = linger.toNanos();
    }

    void add(Entry entry) {
        entry.number(++lastNumber);
        wait(entry);
    }

    /** What there is now is sent without lingering. */
    void hurry() {
        hurriedThrough = lastNumber;
    }

    boolean isEmpty() {
        dropFinished();
        return waiting.isEmpty() && underWay.isEmpty();
    }

    boolean hasWaiting() {
        dropFinished();
        return !waiting.isEmpty();
    }

    /** How long until the next append is due; zero if it is, or if nothing waits. */
    long lingerLeftNanos(long nowNanos) {
        dropFinished();
        Entry first = waiting.peek();
        if (first == null
                || first.number() <= hurriedThrough
                || waiting.size() >= Math.min(eventsMax, first.companyMax())
                || waitingBytes >= bytesMax) {
            return 0;
        }
        return Math.max(0, first.bornNanos() + lingerNanos - nowNanos);
    }

    /** The next events to send, taken from those that wait. */
    Optional<Append> next() {
        List<Entry> entries = new ArrayList<>();
        int max = eventsMax;
        long bytes = 0;
        for (Entry next = waiting.peek(); next != null; next = waiting.peek()) {
            if (!next.isFinished()) {
                max = Math.min(max, next.companyMax());
                bytes += next.bytes();
                if (!entries.isEmpty() && (entries.size() >= max || bytes > bytesMax)) {
                    break;
                }
                entries.add(next);
            }
            unwait();
        }
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        Append append = new Append(entries);
        underWay.add(append);
        return Optional.of(append);
    }

    /** All its events have their answer. */
    void answered(Append append) {
        underWay.remove(append);
    }

    /** Its events, as far as they have no answer, go back to their places. */
    void again(Append append) {
        underWay.remove(append);
        for (Entry entry : append.entries()) {
            if (!entry.isFinished()) {
                wait(entry);
            }
        }
    }

    /** Everything without an answer, in order. */
    List<Entry> unanswered() {
        List<Entry> all = new ArrayList<>(waiting);
        underWay.forEach(append -> all.addAll(append.entries()));
        all.removeIf(Entry::isFinished);
        all.sort(Comparator.comparingLong(Entry::number));
        return all;
    }

    private void wait(Entry entry) {
        waiting.add(entry);
        waitingBytes += entry.bytes();
    }

    private void unwait() {
        Entry removed = waiting.poll();
        waitingBytes -= removed == null ? 0 : removed.bytes();
    }

    private void dropFinished() {
        for (Entry first = waiting.peek(); first != null && first.isFinished(); first = waiting.peek()) {
            unwait();
        }
    }
}
