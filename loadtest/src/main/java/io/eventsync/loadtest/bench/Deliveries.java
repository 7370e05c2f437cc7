package io.eventsync.loadtest.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** When each recent event was due, for its readers in this process, and how many deliveries there were. */
final class Deliveries {

    private static final int REMEMBERED = 1 << 20;

    private final AtomicLongArray dueNanos = new AtomicLongArray(REMEMBERED);
    private final AtomicLong delivered = new AtomicLong();

    void due(long number, long nanos) {
        dueNanos.set((int) (number & (REMEMBERED - 1)), nanos);
    }

    long dueNanos(long number) {
        return dueNanos.get((int) (number & (REMEMBERED - 1)));
    }

    void delivered(long count) {
        delivered.addAndGet(count);
    }

    long delivered() {
        return delivered.get();
    }
}
