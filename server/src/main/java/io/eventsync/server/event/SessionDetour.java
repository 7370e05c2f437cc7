package io.eventsync.server.event;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Requests of one session while some of them are away from the queue: being compared with the log, or waiting for another's batch.
 * Those that follow park here, and all go on together in their order. Belongs to the log's context.
 */
final class SessionDetour {
    private final Set<AppendRequest> away = new HashSet<>();
    private final List<AppendRequest> parked = new ArrayList<>();

    void away(AppendRequest request) {
        away.add(request);
    }

    /** Takes one that follows, or one that comes back. */
    void park(AppendRequest request) {
        away.remove(request);
        parked.add(request);
    }

    /** Forgets one that was answered. */
    void gone(AppendRequest request) {
        away.remove(request);
    }

    boolean isOver() {
        return away.isEmpty();
    }

    List<AppendRequest> lastFirst() {
        parked.sort(Comparator.comparingLong((AppendRequest request) -> -request.number()));
        return parked;
    }
}
