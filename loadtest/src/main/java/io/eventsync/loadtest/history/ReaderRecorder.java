package io.eventsync.loadtest.history;

/**
 * What one reader was sent, in the order it arrived. Obtained from {@link HistoryRecorder#reader}; one call at a time is
 * expected, from any thread.
 *
 * <p>Call {@link #opened} when a stream (or a loop of Sync pages) begins, {@link #event} for each event and {@link #cursor}
 * after the events of each frame or page, with the position the frame speaks for.
 */
public final class ReaderRecorder {

    static final byte OPENED = 0;
    static final byte RESUMED = 1;
    static final byte EVENT = 2;
    static final byte CURSOR = 3;

    private final String name;
    private final ReaderFilter filter;
    private final Names names;
    private final EventColumns rows = new EventColumns();

    ReaderRecorder(String name, ReaderFilter filter, Names names) {
        this.name = name;
        this.filter = filter;
        this.names = names;
    }

    /** A first stream begins after this position. */
    public synchronized void opened(long afterPosition) {
        rows.add(afterPosition, 0, 0, OPENED);
    }

    /** A later stream begins at a cursor that speaks for this position. What arrived after that cursor may arrive again. */
    public synchronized void resumed(long cursorPosition) {
        rows.add(cursorPosition, 0, 0, RESUMED);
    }

    public synchronized void event(long position, String id, String tag) {
        rows.add(position, Names.hash(id), names.tagNumber(tag), EVENT);
    }

    /** A frame ended, or reported progress: everything matching up to here was sent. */
    public synchronized void cursor(long position) {
        rows.add(position, 0, 0, CURSOR);
    }

    synchronized ReaderHistory history() {
        return new ReaderHistory(name, filter, rows.copy());
    }
}
