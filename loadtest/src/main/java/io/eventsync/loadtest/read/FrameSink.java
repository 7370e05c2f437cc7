package io.eventsync.loadtest.read;

import io.eventsync.v1.Event;
import java.util.List;

/** Takes what a reader gets, in order, on one event loop. A frame counts as processed when its method returns. */
public interface FrameSink {

    /** Where to begin; empty for the start of the log. Asked before every connect. */
    String cursor();

    /** A stream, or the first page after a failure, begins after this position. */
    void opened(long afterPosition);

    /** Events in position order, and the cursor behind them. */
    void events(List<Event> events, String cursor);

    /** Everything up to this position was looked at. */
    void progress(long position, String cursor);
}
