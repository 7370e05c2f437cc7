package io.eventsync.loadtest.history;

import java.util.List;

/** A recorded history, at rest: input of {@link HistoryChecker}. */
public final class History {

    private final Names names;
    private final Acks acks;
    private final EventColumns log;
    private final boolean isLogKnown;
    private final List<ReaderHistory> readers;

    History(Names names, Acks acks, EventColumns log, boolean isLogKnown, List<ReaderHistory> readers) {
        this.names = names;
        this.acks = acks;
        this.log = log;
        this.isLogKnown = isLogKnown;
        this.readers = readers;
    }

    Names names() {
        return names;
    }

    Acks acks() {
        return acks;
    }

    EventColumns log() {
        return log;
    }

    boolean isLogKnown() {
        return isLogKnown;
    }

    List<ReaderHistory> readers() {
        return readers;
    }

    /** Events that readers were sent, over all of them. */
    public long observed() {
        return readers.stream().mapToLong(ReaderHistory::events).sum();
    }
}
