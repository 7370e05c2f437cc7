package io.eventsync.loadtest.check;

import io.eventsync.loadtest.history.ReaderRecorder;
import io.eventsync.loadtest.read.FrameSink;
import io.eventsync.v1.Event;
import java.util.List;

/** Turns what a reader gets into rows of a history. */
public final class RecordingSink implements FrameSink {

    private final ReaderRecorder recorder;
    private volatile long reached;
    private String cursor;
    private boolean wasOpened;

    public RecordingSink(ReaderRecorder recorder, String startCursor, long startPosition) {
        this.recorder = recorder;
        this.cursor = startCursor;
        this.reached = startPosition;
    }

    /** The last position the reader was told it had come to. */
    public long reached() {
        return reached;
    }

    @Override
    public String cursor() {
        return cursor;
    }

    /** What the kept cursor speaks for is known here; the server's word for it is what is being checked. */
    @Override
    public void opened(long afterPosition) {
        if (wasOpened) {
            recorder.resumed(reached);
        } else {
            recorder.opened(reached);
        }
        wasOpened = true;
    }

    @Override
    public void events(List<Event> events, String newCursor) {
        long last = 0;
        for (Event event : events) {
            last = event.getPosition();
            recorder.event(last, event.getId(), event.getTag());
        }
        recorder.cursor(last);
        reached = Math.max(reached, last);
        cursor = newCursor;
    }

    @Override
    public void progress(long position, String newCursor) {
        recorder.cursor(position);
        reached = Math.max(reached, position);
        cursor = newCursor;
    }
}
