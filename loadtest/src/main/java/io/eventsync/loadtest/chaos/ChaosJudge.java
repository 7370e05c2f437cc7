package io.eventsync.loadtest.chaos;

import io.eventsync.client.CursorException;
import io.eventsync.loadtest.history.History;
import io.eventsync.loadtest.history.HistoryChecker;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.Property;
import io.eventsync.loadtest.history.Violation;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.loadtest.webhook.HookVerdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds what clients saw to the log as it is in the end. */
final class ChaosJudge {

    private final HistoryRecorder recorder;
    private final List<String> broken = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Map<String, List<Long>> batches = new HashMap<>();
    private long lost;
    private final Set<String> silent = new TreeSet<>();

    ChaosJudge(HistoryRecorder recorder) {
        this.recorder = recorder;
    }

    void found(String what) {
        broken.add(what);
    }

    List<String> broken() {
        return broken;
    }

    /** An event of the final log; those of batches are to stand side by side. */
    void logged(long position, String id, String tag) {
        recorder.logged(position, id, tag);
        int last = id.lastIndexOf('-');
        if (last > 0 && id.lastIndexOf("-b-", last - 1) > 0) {
            batches.computeIfAbsent(id.substring(0, last), name -> new ArrayList<>())
                    .add(position);
        }
    }

    /** A reader that ended by itself was told that its cursor is of another history, or something is wrong. */
    void readers(List<ChaosReader> readers) {
        for (ChaosReader reader : readers) {
            reader.failure().ifPresent(failure -> {
                if (isAboutCursors(failure)) {
                    told.add(reader.name());
                } else {
                    found("READER " + reader.name() + " ended: " + failure);
                }
            });
        }
    }

    /** Endpoints are readers too: one that misses events has to have been stopped for it. */
    void endpoints(HookVerdict verdict) {
        verdict.broken().forEach(this::found);
        told.addAll(verdict.told());
        silent.addAll(verdict.silent());
    }

    private static boolean isAboutCursors(Throwable failure) {
        return failure instanceof CursorException
                || (failure instanceof RpcException rpc && rpc.reason().startsWith("CURSOR_"));
    }

    /** @param isLogRead whether the log was there to be read in the end; else only what clients saw is held to itself */
    void history(boolean isLogRead) {
        if (isLogRead) {
            recorder.logRead();
        }
        History history = recorder.history();
        List<Violation> violations = HistoryChecker.check(history);
        violations.forEach(violation -> found(violation.toString()));
        batches.forEach((name, positions) -> {
            long first = positions.get(0);
            boolean isWhole = positions.size() == BatchWriter.EVENTS
                    && positions.get(positions.size() - 1) - first == BatchWriter.EVENTS - 1;
            if (!isWhole) {
                found("TORN " + name + " has " + positions.size() + " events from " + first);
            }
        });
        lost = isLogRead ? HistoryChecker.lost(history) : 0;
        violations.stream()
                .filter(violation -> violation.property() == Property.DURABLE)
                .map(Violation::where)
                .filter(where -> !where.equals("writers") && !where.equals("all") && !told.contains(where))
                .forEach(silent::add);
    }

    long lost() {
        return lost;
    }

    List<String> told() {
        return told;
    }

    List<String> silent() {
        return List.copyOf(silent);
    }
}
