package io.eventsync.server.subscription;

import io.eventsync.server.failure.Failure;

/** The far end of a stream. Used on its own event loop only; after the peer is gone every call does nothing. */
public interface FrameSink {
    /** Whether to stop writing until the drain handler runs. */
    boolean isFull();

    void write(Frame frame);

    /** Replaces the handler that runs once when there is room again. */
    void onDrain(Runnable handler);

    /** Ends the stream well. */
    void end();

    void fail(Failure failure);
}
