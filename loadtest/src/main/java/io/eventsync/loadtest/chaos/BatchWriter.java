package io.eventsync.loadtest.chaos;

import io.eventsync.client.EventSyncClient;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;

/** Ingests one batch after the other by plain calls, each until it is answered: batches are to be whole whatever happens. */
final class BatchWriter extends VerticleBase {

    static final int EVENTS = 20;

    private static final long PAUSE_MILLIS = 250;
    private static final long AGAIN_MILLIS = 100;

    private final EventSyncClient client;
    private final HistoryRecorder recorder;
    private final Answers answers;
    private final String name;
    private final Promise<Void> finished = Promise.promise();
    private volatile boolean isStopped;
    private volatile boolean isGivenUp;
    private int number;

    BatchWriter(EventSyncClient client, HistoryRecorder recorder, Answers answers, String name) {
        this.client = client;
        this.recorder = recorder;
        this.answers = answers;
        this.name = name;
    }

    @Override
    public Future<?> start() {
        next();
        return Future.succeededFuture();
    }

    Future<Void> finish() {
        isStopped = true;
        return finished.future();
    }

    void giveUp() {
        isGivenUp = true;
    }

    private void next() {
        if (isStopped) {
            finished.tryComplete();
            return;
        }
        number++;
        IngestBatchRequest.Builder batch = IngestBatchRequest.newBuilder();
        for (int i = 0; i < EVENTS; i++) {
            batch.addEvents(
                    Event.newBuilder().setId(name + "-" + number + "-" + i).setTag(Clients.tag(i)));
        }
        send(batch.build(), System.nanoTime());
    }

    private void send(IngestBatchRequest batch, long invoked) {
        client.events()
                .ingestBatch(batch)
                .onComplete(
                        answer -> {
                            record(batch, answer, invoked);
                            vertx.setTimer(PAUSE_MILLIS, id -> next());
                        },
                        failure -> vertx.setTimer(AGAIN_MILLIS, id -> {
                            if (isGivenUp) {
                                finished.tryComplete();
                            } else {
                                send(batch, invoked);
                            }
                        }));
    }

    private void record(IngestBatchRequest batch, IngestBatchResponse answer, long invoked) {
        long returned = System.nanoTime();
        for (int i = 0; i < EVENTS; i++) {
            Event event = batch.getEvents(i);
            recorder.acked(event.getId(), event.getTag(), answer.getResults(i).getPosition(), invoked, returned);
        }
        answers.acknowledged(answer.getResults(EVENTS - 1).getPosition(), EVENTS);
    }
}
