package io.eventsync.loadtest.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Records what writers were told, what readers were sent and what the log held in the end. Safe for any threads; a row costs
 * some ten nanoseconds and 30 to 40 bytes.
 *
 * <pre>{@code
 * HistoryRecorder recorder = new HistoryRecorder();
 * recorder.acked(id, tag, position, invokedNanos, returnedNanos);
 * ReaderRecorder reader = recorder.reader("r1", ReaderFilter.prefixes("DATABASE"));
 * reader.opened(0);
 * reader.event(position, id, tag);
 * reader.cursor(position);
 * List<Violation> broken = HistoryChecker.check(recorder.history());
 * }</pre>
 */
public final class HistoryRecorder {

    private static final byte PLAIN = 0;

    private final Names names = new Names();
    private final List<ReaderRecorder> readers = new ArrayList<>();
    private final EventColumns log = new EventColumns();
    private final EventColumns acks = new EventColumns();
    private long[] invokedNanos = new long[1_024];
    private long[] returnedNanos = new long[1_024];
    private String[] ids = new String[1_024];
    private boolean isLogKnown;

    /**
     * A writer got its answer. Times are of System.nanoTime in one process; after retries `invoked` is that of the first try,
     * because that one may have stored the event.
     */
    public void acked(String id, String tag, long position, long invoked, long returned) {
        int number = names.tagNumber(tag);
        long hash = Names.hash(id);
        synchronized (acks) {
            int row = acks.size();
            if (row == ids.length) {
                invokedNanos = Arrays.copyOf(invokedNanos, row * 2);
                returnedNanos = Arrays.copyOf(returnedNanos, row * 2);
                ids = Arrays.copyOf(ids, row * 2);
            }
            invokedNanos[row] = invoked;
            returnedNanos[row] = returned;
            ids[row] = id;
            acks.add(position, hash, number, PLAIN);
        }
    }

    /** A reader that will report here; a reader that reconnects stays the same reader. */
    public ReaderRecorder reader(String name, ReaderFilter filter) {
        ReaderRecorder reader = new ReaderRecorder(name, filter, names);
        synchronized (readers) {
            readers.add(reader);
        }
        return reader;
    }

    /** An event of the final log, read after everything came to rest. Once one is recorded, the log is the truth. */
    public void logged(long position, String id, String tag) {
        int number = names.tagNumber(tag);
        synchronized (log) {
            isLogKnown = true;
            log.add(position, Names.hash(id), number, PLAIN);
        }
    }

    /** The final log was read and holds what {@link #logged} said, even if that was nothing. */
    public void logRead() {
        synchronized (log) {
            isLogKnown = true;
        }
    }

    public int ackedCount() {
        synchronized (acks) {
            return acks.size();
        }
    }

    /** What was recorded so far, at rest. */
    public History history() {
        List<ReaderHistory> atRest = new ArrayList<>();
        synchronized (readers) {
            readers.forEach(reader -> atRest.add(reader.history()));
        }
        EventColumns logged;
        boolean known;
        synchronized (log) {
            logged = log.copy();
            known = isLogKnown;
        }
        synchronized (acks) {
            int rows = acks.size();
            Acks told = new Acks(
                    acks.copy(),
                    Arrays.copyOf(invokedNanos, rows),
                    Arrays.copyOf(returnedNanos, rows),
                    Arrays.copyOf(ids, rows));
            return new History(names, told, logged, known, List.copyOf(atRest));
        }
    }
}
