package io.eventsync.server.delivery;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.Reader;
import org.jspecify.annotations.Nullable;

/** An endpoint that this node has the lease of, and what the node does for it just now. */
final class Assignment {
    private final EndpointRun run;
    private final Sender sender;
    private long asked;

    /** Fed by the shared look at the log; else it reads for itself until it has caught up. */
    boolean isLive;

    boolean isReading;
    boolean isQueued;
    boolean isSyncing;
    boolean isEnding;

    Wakes.@Nullable Wake wake;

    @Nullable
    Reader reader;
    /** What to do when its last request has ended. */
    Runnable whenIdle = () -> {};

    LogPoint recordedLow;

    Assignment(EndpointRun run, Sender sender, long asked) {
        this.run = run;
        this.sender = sender;
        this.asked = asked;
        this.recordedLow = run.snapshot().low();
    }

    EndpointRun run() {
        return run;
    }

    /** To be called whenever a request ended, or was not made after all. */
    void tellIfIdle() {
        if (run.inFlight() == 0) {
            whenIdle.run();
        }
    }

    Sender sender() {
        return sender;
    }

    long id() {
        return run.handle().id();
    }

    long asked() {
        return asked;
    }

    void asked(long seen) {
        this.asked = seen;
    }
}
