package io.eventsync.loadtest.webhook;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Broken promises: how many of each kind, and the first few. */
final class Findings {

    private static final int EXAMPLES_MAX = 3;

    private final Map<Kind, Integer> counts = new LinkedHashMap<>();
    private final Map<Kind, List<String>> examples = new LinkedHashMap<>();

    enum Kind {
        /** A matching event that neither was accepted nor is a dead letter; one that was acknowledged and is not in the log. */
        LOST,
        /** A request about an event that the endpoint does not want, or that the log does not have. */
        STRAY,
        /** One attempt, and other bytes than those of the one before. */
        BODY_CHANGED,
        BAD_SIGNATURE,
        /** A request that no row of the audit stands for, or several. */
        NOT_AUDITED,
        /** Two requests that say they are the same attempt. */
        SENT_TWICE,
        /** A row that says of the request what the receiver does not. */
        AUDIT_DIFFERS,
        /** A row that was never closed. */
        LEFT_STARTED,
        /** Attempts of an event that do not count 1, 2, 3. */
        NUMBERS,
        TOO_MANY_DUPLICATES,
        INVERSION,
        /** An event that was sent before the one ahead of it was done with. */
        STARTED_EARLY,
        /** Predecessors named by requests that never came. */
        CHAIN_GAP,
        /** It did not come to the end of the log in time. */
        NOT_LEVEL,
        /** Nobody went on with an endpoint of a dead node in time. */
        TAKEN_OVER_LATE,
        /** The servers did not come back, or refused what was valid. */
        SERVER
    }

    /** What somebody answered for has to be in the log, also if no endpoint was sent it. */
    void acknowledged(Set<String> ids, List<LoggedEvent> events) {
        Set<String> missing = new TreeSet<>(ids);
        events.forEach(event -> missing.remove(event.id()));
        missing.forEach(id -> add(Kind.LOST, id + " was acknowledged and is not in the log"));
    }

    void add(Kind kind, String example) {
        counts.merge(kind, 1, Integer::sum);
        List<String> some = examples.computeIfAbsent(kind, k -> new ArrayList<>());
        if (some.size() < EXAMPLES_MAX) {
            some.add(example);
        }
    }

    /** What another one found. */
    void addAll(Findings others) {
        others.counts.forEach((kind, count) -> {
            counts.merge(kind, count, Integer::sum);
            List<String> some = examples.computeIfAbsent(kind, k -> new ArrayList<>());
            others.examples.getOrDefault(kind, List.of()).stream()
                    .limit(EXAMPLES_MAX - some.size())
                    .forEach(some::add);
        });
    }

    int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    List<String> describe() {
        List<String> lines = new ArrayList<>();
        counts.forEach((kind, count) -> lines.add(String.format(
                Locale.ROOT, "%s x %d: %s", kind, count, String.join("; ", examples.getOrDefault(kind, List.of())))));
        return lines;
    }
}
