package io.eventsync.server.delivery;

import io.eventsync.server.failure.Failure;
import java.time.Duration;
import java.util.List;

/** Where the frames of a watch go. Each carries how far the watch has come, as a number for {@link AttemptCursors}. */
public interface AttemptSink {
    boolean isFull();

    /** Calls back once when there is room again. */
    void onDrain(Runnable handler);

    void started(long number);

    void batch(long number, List<AttemptRow> attempts);

    /** @param throughMicros everything that was finished before this was looked at */
    void progress(long number, boolean isLive, long throughMicros);

    void gap(long number, long earliestMicros);

    void draining(long number, Duration retryAfter);

    /** Ends the watch well. */
    void end();

    void fail(Failure failure);
}
