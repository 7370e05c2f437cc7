package io.eventsync.client.internal.publish;

import io.eventsync.client.EventSyncException;
import io.eventsync.client.internal.Failures;
import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * Asks where appends are whose Ack did not tell: IngestBatch of what the log has already answers the first positions and stores nothing. Their
 * futures may complete behind those of later events.
 */
final class Asking {
    private final Vertx vertx;
    private final Wire wire;
    private final Pauses pauses;
    private final Outbox outbox;

    Asking(Vertx vertx, Wire wire, Pauses pauses, Outbox outbox) {
        this.vertx = vertx;
        this.wire = wire;
        this.pauses = pauses;
        this.outbox = outbox;
    }

    void ask(Receipts.Unplaced unplaced) {
        Append append = unplaced.append();
        wire.ask(append.events()).onComplete((answer, failure) -> {
            if (failure != null) {
                failed(unplaced, Failures.of(failure, null));
            } else if (answer.getResultsCount() != append.size()) {
                append.entries().forEach(entry -> entry.giveUp("the server answered for another number of events"));
                outbox.answered(append);
            } else {
                unplaced.complete(answer);
                outbox.answered(append);
            }
        });
    }

    private void failed(Receipts.Unplaced unplaced, EventSyncException failure) {
        Append append = unplaced.append();
        if (append.entries().stream().allMatch(Entry::isFinished)) {
            outbox.answered(append);
        } else {
            // Whatever it is, they are stored: a refusal of the question is none of theirs. They end with their time.
            vertx.setTimer(pauses.nextMillis(failure.retryAfter().orElse(Duration.ZERO)), id -> ask(unplaced));
        }
    }
}
