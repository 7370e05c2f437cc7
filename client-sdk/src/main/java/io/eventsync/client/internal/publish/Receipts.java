package io.eventsync.client.internal.publish;

import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestResult;
import io.eventsync.v1.IngestStreamResponse.Ack;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells each event its position. An Ack says only that of the last event of the last append it covers, and how many events of all of them the
 * log had already: what does not follow from that is asked for.
 */
final class Receipts {
    private Receipts() {}

    /**
     * An append that is in the log, nobody here knows where.
     *
     * @param firstNew events between this position and the next were new, the others the log had before
     */
    record Unplaced(Append append, long firstNew, long lastNew) {
        /** With the answer to IngestBatch, which says of each of them that the log has it. */
        void complete(IngestBatchResponse answer) {
            Set<Long> told = new HashSet<>();
            for (int i = 0; i < append.size(); i++) {
                IngestResult result = answer.getResults(i);
                long position = result.getPosition();
                boolean isNew = position >= firstNew && position <= lastNew && told.add(position);
                append.entries().get(i).succeed(position, answer.getCursor(), !isNew);
            }
        }
    }

    /** Completes what the Ack tells for certain, and answers the rest. */
    static List<Unplaced> complete(List<Append> acknowledged, Ack ack) {
        if (acknowledged.isEmpty()) {
            return List.of();
        }
        int all = acknowledged.stream().mapToInt(Append::size).sum();
        int known = ack.getDeduplicated();
        int lastIndex = acknowledged.size() - 1;
        Append last = acknowledged.get(lastIndex);
        if (known == 0) {
            long position = ack.getPosition() - last.size();
            for (Entry entry : last.entries()) {
                position++;
                entry.succeed(position, ack.getCursor(), false);
            }
            return unplaced(acknowledged.subList(0, lastIndex), 1, Long.MAX_VALUE);
        }
        if (known == all && last.size() == 1) {
            last.entries().get(0).succeed(ack.getPosition(), ack.getCursor(), true);
            return unplaced(acknowledged.subList(0, lastIndex), 1, 0);
        }
        if (acknowledged.size() == 1) {
            // The new events of an append are its last ones.
            return unplaced(acknowledged, ack.getPosition() - (all - known) + 1, ack.getPosition());
        }
        // Which of several appends had them is not said: then none is called new.
        return unplaced(acknowledged, 1, 0);
    }

    private static List<Unplaced> unplaced(List<Append> appends, long firstNew, long lastNew) {
        return appends.stream()
                .map(append -> new Unplaced(append, firstNew, lastNew))
                .toList();
    }
}
