package io.eventsync.client.internal.publish;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds what a publisher holds. For any thread. */
final class Room {
    private final int eventsMax;
    private final long bytesMax;
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Queue<Promise<Void>> waiting = new ConcurrentLinkedQueue<>();

    Room(int eventsMax, long bytesMax) {
        this.eventsMax = eventsMax;
        this.bytesMax = bytesMax;
    }

    /** Takes room for one event, or leaves everything as it is. */
    boolean take(int size) {
        int count = events.incrementAndGet();
        long total = bytes.addAndGet(size);
        if (count <= eventsMax && total <= bytesMax) {
            return true;
        }
        release(size);
        return false;
    }

    void release(int size) {
        bytes.addAndGet(-size);
        events.decrementAndGet();
        wakeIfDrained();
    }

    boolean isFull() {
        return events.get() >= eventsMax || bytes.get() >= bytesMax;
    }

    Future<Void> drained() {
        Promise<Void> promise = Promise.promise();
        waiting.add(promise);
        wakeIfDrained(); // it may have drained since the caller was refused
        return promise.future();
    }

    /** One after the other: who is woken may fill it again, and ask again, before the next one's turn. */
    private void wakeIfDrained() {
        while (events.get() <= eventsMax / 2 && bytes.get() <= bytesMax / 2) {
            Promise<Void> next = waiting.poll();
            if (next == null) {
                return;
            }
            next.complete();
        }
    }

    @Override
    public String toString() {
        return events + " of " + eventsMax + " events, " + bytes + " of " + bytesMax + " bytes";
    }
}
