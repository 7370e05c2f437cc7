package io.eventsync.loadtest.receiver;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/** What one endpoint has been sent. Its memory is bounded: some 110 bytes an id and the id itself, so many ids. */
final class Journal {

    private final IdTable ids;
    private final CursorChain chain;
    private final IntSupplier recentMax;
    private final Deque<ReceivedRequest> recent = new ArrayDeque<>();
    private final Map<Integer, Long> answers = new TreeMap<>();
    private long received;
    private long events;
    private long accepted;
    private long duplicates;
    private long repeats;
    private long bodyMismatches;
    private long badSignatures;
    private long withoutId;
    private long replays;
    private long untracked;

    /** @param recentMax how many requests it shows, as it is now */
    Journal(int idsMax, IntSupplier recentMax) {
        this.recentMax = recentMax;
        this.ids = new IdTable(idsMax);
        this.chain = new CursorChain(idsMax * 2);
    }

    /** The rows of the request's events, {@link IdTable#NO_ROW} for one that cannot be kept. */
    int[] rows(Receipt receipt) {
        int[] rows = new int[receipt.events().size()];
        for (int i = 0; i < rows.length; i++) {
            byte[] id = receipt.events().get(i).id().getBytes(StandardCharsets.UTF_8);
            rows[i] = id.length > ByteArena.BYTES_MAX ? IdTable.NO_ROW : ids.row(id);
        }
        return rows;
    }

    List<Integer> received(int[] rows) {
        List<Integer> counts = new ArrayList<>(rows.length);
        for (int row : rows) {
            counts.add(row == IdTable.NO_ROW ? 0 : ids.received(row));
        }
        return counts;
    }

    void refuse(Receipt receipt, Answer answer) {
        badSignatures++;
        count(receipt, answer);
    }

    void receive(Receipt receipt, int[] rows, Answer answer) {
        withoutId += rows.length == 0 ? 1 : 0;
        replays += receipt.isReplay() ? 1 : 0;
        events += rows.length;
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] == IdTable.NO_ROW) {
                untracked++;
            } else {
                receive(receipt, i, rows[i]);
            }
        }
        count(receipt, answer);
    }

    /** The answer is as good as out. Says how many events were accepted for the first time. */
    int accept(Receipt receipt, int[] rows, Answer answer) {
        int first = 0;
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] != IdTable.NO_ROW && answer.accepts(i)) {
                first += ids.accepted(rows[i]) == 0 ? 1 : 0;
                ids.countAccepted(rows[i]);
                String cursor = receipt.events().get(i).cursor();
                if (!cursor.isEmpty()) {
                    chain.accept(cursor);
                }
            }
        }
        accepted += first;
        return first;
    }

    List<ReceivedRequest> recent() {
        return List.copyOf(recent);
    }

    int size() {
        return ids.size();
    }

    /** The ids from that row on, at most so many. */
    List<IdCount> ids(int from, int max) {
        List<IdCount> counts = new ArrayList<>();
        for (int row = from; row < Math.min(ids.size(), from + max); row++) {
            String id = new String(ids.id(row), StandardCharsets.UTF_8);
            counts.add(new IdCount(id, ids.accepted(row), ids.received(row)));
        }
        return counts;
    }

    EndpointCounts counts(String endpoint, String mode) {
        return new EndpointCounts(
                endpoint,
                mode,
                received,
                events,
                ids.size(),
                accepted,
                duplicates,
                repeats,
                bodyMismatches,
                chain.inversions(),
                chain.startedEarly(),
                chain.gaps(),
                badSignatures,
                withoutId,
                replays,
                untracked,
                Collections.unmodifiableMap(new TreeMap<>(answers)));
    }

    private void receive(Receipt receipt, int index, int row) {
        ReceivedEvent event = receipt.events().get(index);
        if (ids.received(row) == 0) {
            ids.keepDigest(row, event.digest());
            receiveCursor(receipt, index);
        } else {
            bodyMismatches += ids.hasDigest(row, event.digest()) ? 0 : 1;
            duplicates += ids.accepted(row) > 0 ? 1 : 0;
            repeats += ids.accepted(row) > 0 ? 0 : 1;
        }
        ids.countReceived(row);
    }

    private void receiveCursor(Receipt receipt, int index) {
        String cursor = receipt.events().get(index).cursor();
        if (cursor.isEmpty()) {
            return;
        }
        if (index == 0) {
            chain.receive(cursor, receipt.previousCursor());
        } else {
            chain.receiveNext(cursor);
        }
    }

    private void count(Receipt receipt, Answer answer) {
        received++;
        answers.merge(answer.status(), 1L, Long::sum);
        while (recent.size() >= recentMax.getAsInt()) {
            recent.removeFirst();
        }
        recent.addLast(new ReceivedRequest(receipt.timeMicros(), answer.status(), receipt.headers()));
    }
}
