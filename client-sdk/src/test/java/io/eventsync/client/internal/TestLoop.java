package io.eventsync.client.internal;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A loop whose time moves when the test says so. */
public final class TestLoop implements Loop {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final TreeMap<Long, Runnable> timers = new TreeMap<>();
    private final Map<Long, Long> dues = new HashMap<>();
    private final Deque<Runnable> blocking = new ArrayDeque<>();
    private boolean isHeld;
    private long nanos = 1;
    private long ids;

    @Override
    public void run(Runnable task) {
        task.run();
    }

    @Override
    public void later(Runnable task) {
        tasks.add(task);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long after(long millis, Runnable task) {
        long due = nanos + TimeUnit.MILLISECONDS.toNanos(millis);
        while (timers.containsKey(due)) {
            due++;
        }
        timers.put(due, task);
        dues.put(++ids, due);
        return ids;
    }

    @Override
    public void cancel(long timer) {
        Long due = dues.remove(timer);
        if (due != null) {
            timers.remove(due);
        }
    }

    @Override
    public <T> Future<T> blocking(Callable<T> work) {
        if (isHeld) {
            Promise<T> promise = Promise.promise();
            blocking.add(() -> now(work).onComplete(promise));
            return promise.future();
        }
        return now(work);
    }

    private static <T> Future<T> now(Callable<T> work) {
        try {
            return Future.succeededFuture(work.call());
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    /** From now on what blocks begins when the test says so. */
    public void hold() {
        isHeld = true;
    }

    /** Does the oldest of what blocks. */
    public void release() {
        blocking.remove().run();
    }

    public int held() {
        return blocking.size();
    }

    /** Does what is to be done now. */
    public void settle() {
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    /** Lets time pass, and does what falls due meanwhile. */
    public void pass(long millis) {
        long until = nanos + TimeUnit.MILLISECONDS.toNanos(millis);
        settle();
        while (!timers.isEmpty() && timers.firstKey() <= until) {
            Map.Entry<Long, Runnable> next = timers.pollFirstEntry();
            dues.values().remove(next.getKey());
            nanos = Math.max(nanos, next.getKey());
            next.getValue().run();
            settle();
        }
        nanos = until;
    }

    /** As when the process dies: nothing of what was to be done is done. */
    public void forget() {
        tasks.clear();
        timers.clear();
        dues.clear();
    }

    public int timers() {
        return timers.size();
    }
}
