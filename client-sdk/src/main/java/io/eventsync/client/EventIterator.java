package io.eventsync.client;

import io.eventsync.client.internal.Awaiting;
import io.eventsync.v1.Event;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Events for a thread that may wait. An event is processed when the next one is asked for, so that a loop that ends in the middle leaves its
 * event unprocessed. One thread reads; any thread may close.
 *
 * <p>{@code hasNext} and {@code next} throw what the subscription failed with, and {@link java.util.concurrent.CancellationException} when the
 * thread is interrupted, which it stays.
 */
@SuppressWarnings("IterableAndIterator")
public final class EventIterator implements Iterator<Event>, Iterable<Event>, AutoCloseable {
    static final int PREFETCH = 256;
    private static final int REFILL = PREFETCH / 2;

    /** What the subscription said: an event, or its end with a failure or without. */
    private record Arrival(@Nullable Event event, @Nullable Throwable failure) {
        boolean isEnd() {
            return event == null;
        }
    }

    private final Subscription subscription;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private @Nullable Event current;
    private @Nullable Arrival next;
    private int taken;
    private volatile boolean isClosed;

    EventIterator(Subscription subscription) {
        this.subscription = subscription;
    }

    void arrived(Event event) {
        arrivals.add(new Arrival(event, null));
    }

    void failed(Throwable failure) {
        arrivals.add(new Arrival(null, failure));
    }

    void ended() {
        isClosed = true;
        arrivals.add(new Arrival(null, null));
    }

    @Override
    public Iterator<Event> iterator() {
        return this;
    }

    /** The event before is processed. Waits for the next one; false once the subscription is closed. */
    @Override
    public boolean hasNext() {
        Awaiting.refuseEventLoop();
        processed();
        if (next == null) {
            next = take();
        }
        if (next.isEnd() || isClosed) {
            if (next.failure() != null) {
                throw Awaiting.thrown(next.failure());
            }
            return false;
        }
        return true;
    }

    @Override
    public Event next() {
        if (!hasNext() || next == null || next.event() == null) {
            throw new NoSuchElementException("the subscription is closed");
        }
        Event event = next.event();
        next = null;
        current = event;
        if (++taken == REFILL) {
            taken = 0;
            subscription.fetch(REFILL);
        }
        return event;
    }

    /** The subscription behind it: its state, its cursor. */
    public Subscription subscription() {
        return subscription;
    }

    /** Closes the subscription and waits until the cursor of what was processed is saved. */
    @Override
    public void close() {
        isClosed = true;
        Awaiting.result(subscription.close());
    }

    private void processed() {
        Event done = current;
        current = null;
        if (done != null) {
            Future<Void> saved = subscription.ack(done);
            if (!saved.succeeded() && subscription.isWaitingForSaves()) {
                Awaiting.result(saved);
            }
        }
    }

    private Arrival take() {
        try {
            return arrivals.take();
        } catch (InterruptedException e) {
            throw Awaiting.interrupted();
        }
    }
}
