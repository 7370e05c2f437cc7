package io.eventsync.client.internal;

import io.vertx.core.Future;
import java.util.concurrent.Callable;

/** The one thread that a reader lives on, and its time. */
public interface Loop {
    /** At once if called on it, else as soon as it comes to that. */
    void run(Runnable task);

    /** After what is under way now. */
    void later(Runnable task);

    /** Time that only goes forward. */
    long nanos();

    /** Runs once after this long, at least 1 ms. */
    @CanIgnoreReturnValue
    long after(long millis, Runnable task);

    void cancel(long timer);

    /** Runs on a thread that may block, and answers here. */
    <T> Future<T> blocking(Callable<T> work);
}
