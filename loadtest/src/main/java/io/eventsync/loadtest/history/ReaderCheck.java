package io.eventsync.loadtest.history;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/** Walks one reader's rows stream by stream. A wrong event breaks one property, the one that says most about it. */
final class ReaderCheck {

    private final ReaderHistory reader;
    private final Truth truth;
    private final Names names;
    private final boolean isLogKnown;
    private final Violations violations;
    private final boolean[] matches;

    private final BitSet seen = new BitSet();
    private final Set<Long> seenElsewhere = new HashSet<>();
    private long start;
    private long bookmark;
    private long lastEvent;
    private long firstEvent;
    private long reached;
    private boolean isResumed;
    private boolean isOpen;
    private int hint;

    ReaderCheck(ReaderHistory reader, Truth truth, History history, Violations violations) {
        this.reader = reader;
        this.truth = truth;
        this.names = history.names();
        this.isLogKnown = history.isLogKnown();
        this.violations = violations;
        this.matches = new boolean[names.tagCount()];
        for (int tag = 0; tag < matches.length; tag++) {
            matches[tag] = reader.filter().matches(names.tag(tag));
        }
    }

    void run() {
        EventColumns rows = reader.rows();
        for (int row = 0; row < rows.size(); row++) {
            switch (rows.kind(row)) {
                case ReaderRecorder.OPENED -> open(rows.position(row), false);
                case ReaderRecorder.RESUMED -> open(rows.position(row), true);
                case ReaderRecorder.CURSOR -> cursor(rows.position(row));
                default -> event(rows.position(row), rows.id(row), rows.tag(row));
            }
        }
        close();
    }

    private void open(long position, boolean resumed) {
        close();
        isOpen = true;
        isResumed = resumed;
        start = position;
        bookmark = position;
        reached = position;
        lastEvent = position;
        firstEvent = -1;
        seen.clear();
        seenElsewhere.clear();
        hint = truth.firstAfter(position);
    }

    private void cursor(long position) {
        if (position < bookmark) {
            violate(Property.BOOKMARKABLE, position, "the cursor went back from " + bookmark);
            return;
        }
        bookmark = position;
        reached = Math.max(reached, position);
    }

    private void event(long position, long id, int tag) {
        if (!matches[tag]) {
            violate(Property.FILTER, position, "tag " + names.tag(tag) + " does not match " + reader.filter());
        }
        if (isSeenBefore(position, id)) {
            violate(Property.UNIQUE, position, "arrived twice on one stream");
        } else if (position <= start) {
            violate(Property.RESUMABLE, position, "arrived on a stream that began after " + start);
        } else if (position <= bookmark) {
            violate(Property.BOOKMARKABLE, position, "arrived after the cursor of " + bookmark);
        } else if (position < lastEvent) {
            violate(Property.ORDERED, position, "arrived after " + lastEvent);
        }
        firstEvent = firstEvent < 0 ? position : firstEvent;
        lastEvent = Math.max(lastEvent, position);
        reached = Math.max(reached, position);
    }

    private boolean isSeenBefore(long position, long id) {
        int index = truth.indexOf(position, hint);
        if (index >= 0 && truth.id(index) == id) {
            hint = index + 1;
            boolean before = seen.get(index);
            seen.set(index);
            return before;
        }
        boolean isNew = seenElsewhere.add(position);
        if (isNew && isLogKnown) {
            violate(Property.DURABLE, position, "shown to a reader, but the log does not hold it there");
        }
        return !isNew;
    }

    /** Looks for matching events that the finished stream passed by. */
    private void close() {
        if (!isOpen) {
            return;
        }
        int end = truth.firstAfter(reached);
        for (int index = seen.nextClearBit(truth.firstAfter(start));
                index < end;
                index = seen.nextClearBit(index + 1)) {
            if (!matches[truth.tag(index)]) {
                continue;
            }
            long position = truth.position(index);
            if (isResumed && position < firstEvent) {
                violate(
                        Property.RESUMABLE,
                        position,
                        "left out between the cursor of " + start + " and the first event at " + firstEvent);
            } else {
                violate(
                        Property.RELIABLE,
                        position,
                        "tag " + names.tag(truth.tag(index)) + " matches and was not sent on a stream that came from "
                                + start + " to " + reached);
            }
        }
        isOpen = false;
    }

    private void violate(Property property, long position, String detail) {
        violations.add(property, reader.name(), position, detail);
    }
}
