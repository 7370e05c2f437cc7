package io.eventsync.loadtest.history;

import java.util.List;

/** Checks a history against every {@link Property}. Pure; a million events and four readers take a few seconds. */
public final class HistoryChecker {

    private HistoryChecker() {}

    /** The broken promises, at most 20 of each property and then a count; empty if the history is right. */
    public static List<Violation> check(History history) {
        Violations violations = new Violations();
        WriterCheck writers = new WriterCheck(history.acks(), violations);
        Truth told = Truth.of(history.acks().rows(), history.names(), "writers", violations);
        writers.uniqueIds();
        writers.realTimeOrder();

        Truth truth = told;
        if (history.isLogKnown()) {
            truth = Truth.of(history.log(), history.names(), "log", violations);
            uniqueIds(truth, violations);
            writers.durable(truth);
        }
        for (ReaderHistory reader : history.readers()) {
            new ReaderCheck(reader, truth, history, violations).run();
        }
        return violations.list();
    }

    /** How many acknowledged events the final log does not hold where the answer said. */
    public static int lost(History history) {
        Violations unused = new Violations();
        Truth log = Truth.of(history.log(), history.names(), "log", unused);
        return new WriterCheck(history.acks(), unused).lost(log);
    }

    /** An id that the log holds twice is a write that was stored twice. */
    private static void uniqueIds(Truth log, Violations violations) {
        int[] byId = RowOrder.by(log.size(), log::id);
        for (int i = 1; i < byId.length; i++) {
            if (log.id(byId[i]) == log.id(byId[i - 1])) {
                violations.add(
                        Property.UNIQUE,
                        "log",
                        log.position(byId[i]),
                        "the log holds this id also at " + log.position(byId[i - 1]));
            }
        }
    }
}
