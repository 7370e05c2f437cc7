package io.eventsync.loadtest.chaos;

import io.eventsync.client.EventSyncException;
import io.eventsync.loadtest.rpc.RpcException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** What writers were told, over all of them: how often, when last, and how long nothing was acknowledged. Safe for any thread. */
final class Answers {

    private final AtomicLong acknowledged = new AtomicLong();
    private final Map<String, Long> failures = new TreeMap<>();
    private long lastNanos = System.nanoTime();
    private long longestNanos;
    private long lastPosition;

    synchronized void acknowledged(long position, int events) {
        long now = System.nanoTime();
        acknowledged.addAndGet(events);
        longestNanos = Math.max(longestNanos, now - lastNanos);
        lastNanos = now;
        lastPosition = Math.max(lastPosition, position);
    }

    synchronized void failed(Throwable failure) {
        Long ignored = failures.merge(reason(failure), 1L, Long::sum);
    }

    long acknowledged() {
        return acknowledged.get();
    }

    synchronized long lastPosition() {
        return lastPosition;
    }

    /** Calls that the SDK could not save the caller from, by reason. */
    synchronized Map<String, Long> failures() {
        return new TreeMap<>(failures);
    }

    synchronized long failureCount() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The longest time without an acknowledgement since this was asked last, in milliseconds. */
    synchronized long silentMillis() {
        long longest = Math.max(longestNanos, System.nanoTime() - lastNanos);
        longestNanos = 0;
        return longest / 1_000_000;
    }

    static String reason(Throwable failure) {
        if (failure instanceof EventSyncException known) {
            return known.reasonName().isEmpty() ? known.code().name() : known.reasonName();
        }
        return failure instanceof RpcException rpc
                ? rpc.reason()
                : failure.getClass().getSimpleName();
    }
}
