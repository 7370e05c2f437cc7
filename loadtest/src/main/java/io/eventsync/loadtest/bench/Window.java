package io.eventsync.loadtest.bench;

import java.time.Duration;

/** When to measure, in System.nanoTime: after the warm-up, for the duration, or until stopped early. */
final class Window {

    private final long fromNanos;
    private volatile long untilNanos;

    private Window(long fromNanos, long untilNanos) {
        this.fromNanos = fromNanos;
        this.untilNanos = untilNanos;
    }

    static Window after(Duration warmup, Duration duration) {
        long from = System.nanoTime() + warmup.toNanos();
        return new Window(from, from + duration.toNanos());
    }

    long fromNanos() {
        return fromNanos;
    }

    long untilNanos() {
        return untilNanos;
    }

    boolean holds(long nanos) {
        return nanos - fromNanos >= 0 && nanos - untilNanos < 0;
    }

    boolean isOver(long nanos) {
        return nanos - untilNanos >= 0;
    }

    /** How many units are due before the end, the first of them at the given time. */
    long dueFrom(long nanos, long intervalNanos) {
        return Math.max(0, (untilNanos - nanos + intervalNanos - 1) / intervalNanos);
    }

    void stopNow() {
        long now = System.nanoTime();
        if (now - untilNanos < 0) {
            untilNanos = now;
        }
    }

    double seconds() {
        return Math.max(0, untilNanos - fromNanos) / 1e9;
    }
}
