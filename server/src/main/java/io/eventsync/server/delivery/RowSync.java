package io.eventsync.server.delivery;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes in what others changed about the deliveries of an endpoint that wait: asked for, made due, called off. */
final class RowSync {
    /** Two readings of one due time differ by what the way to the database takes. */
    private static final long DUE_MILLIS_SLACK = 1_000;

    private final Backlog backlog;
    private @Nullable Set<Long> changedSinceBegin;

    RowSync(Backlog backlog) {
        this.backlog = backlog;
    }

    /**
     * The rows will be read as soon as all that happened up to now is on record: what they say of deliveries that change from now on is
     * not news when they arrive.
     */
    void begin() {
        changedSinceBegin = new HashSet<>();
    }

    void changed(Delivery delivery) {
        if (changedSinceBegin != null) {
            changedSinceBegin.add(delivery.position());
        }
    }

    /**
     * @param rows all of them, as they are in the database
     * @param turn the last one recorded before the rows were read
     * @param inFlight positions that are being sent
     */
    void take(Collection<Delivery> rows, long turn, Set<Long> inFlight, long nowMillis) {
        Set<Long> changed = changedSinceBegin == null ? Set.of() : changedSinceBegin;
        changedSinceBegin = null;
        Set<Long> there = new HashSet<>();
        for (Delivery row : rows) {
            there.add(row.position());
            if (!changed.contains(row.position())) {
                take(row, inFlight, nowMillis);
            }
        }
        for (Delivery known : backlog.all()) {
            boolean isGone = known.hasRow() && known.rowSince() <= turn && !there.contains(known.position());
            if (isGone && !known.isInFlight()) {
                backlog.remove(known, nowMillis);
            }
        }
    }

    private void take(Delivery row, Set<Long> inFlight, long nowMillis) {
        Delivery known = backlog.get(row.position());
        if (known == null) {
            if (!inFlight.contains(row.position())) {
                backlog.add(row, nowMillis);
            }
        } else if (!known.isInFlight() && known.state() == Delivery.State.RETRYING) {
            known.replayId(row.replayId());
            if (row.attempts() < known.attempts() || row.dueMillis() < known.dueMillis() - DUE_MILLIS_SLACK) {
                known.attempts(row.attempts());
                backlog.reschedule(known, row.dueMillis(), nowMillis);
            }
        }
    }
}
