package io.eventsync.loadtest.chaos;

import io.eventsync.client.EventSyncClient;
import io.eventsync.client.Publisher;
import io.eventsync.client.PublisherOptions;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.v1.Event;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;

/** Publishes at a pace through a publisher of the SDK. What fails there is counted, and published again under its id. */
final class EventWriter extends VerticleBase {

    private static final long TICK_MILLIS = 5;
    private static final long AGAIN_MILLIS = 200;
    private static final int IN_FLIGHT_MAX = 1_000;

    private final EventSyncClient client;
    private final HistoryRecorder recorder;
    private final Answers answers;
    private final String name;
    private final double eventsPerMilli;
    private final Promise<Void> finished = Promise.promise();
    private long startedNanos;
    private long due;
    private long sent;
    private int inFlight;
    private boolean isStopped;
    private boolean isGivenUp;

    EventWriter(
            EventSyncClient client, HistoryRecorder recorder, Answers answers, String name, double eventsPerSecond) {
        this.client = client;
        this.recorder = recorder;
        this.answers = answers;
        this.name = name;
        this.eventsPerMilli = eventsPerSecond / 1_000;
    }

    @Override
    public Future<?> start() {
        Publisher publisher = client.publisher(PublisherOptions.defaults());
        startedNanos = System.nanoTime();
        tick(publisher);
        return Future.succeededFuture();
    }

    /** Publishes nothing new, and ends when everything has its answer. */
    Future<Void> finish() {
        context.runOnContext(ignored -> {
            isStopped = true;
            end();
        });
        return finished.future();
    }

    /** Does not try again what is refused from now on. */
    void giveUp() {
        context.runOnContext(ignored -> isGivenUp = true);
    }

    private void tick(Publisher publisher) {
        if (isStopped) {
            return;
        }
        due = (long) ((System.nanoTime() - startedNanos) / 1e6 * eventsPerMilli);
        while (sent < due && inFlight < IN_FLIGHT_MAX) {
            sent++;
            publish(publisher, event(sent), System.nanoTime());
        }
        // What could not be sent in time is left out: the load is one of people, not a debt.
        if (sent < due) {
            startedNanos = System.nanoTime();
            due = 0;
            startedNanos -= (long) (sent / eventsPerMilli * 1e6);
        }
        vertx.setTimer(TICK_MILLIS, id -> tick(publisher));
    }

    private Event event(long number) {
        return Event.newBuilder()
                .setId(name + "-" + number)
                .setTag(Clients.tag(number))
                .setKey("k" + number % 50)
                .setJson("{\"n\":" + number + "}")
                .build();
    }

    private void publish(Publisher publisher, Event event, long invoked) {
        inFlight++;
        publisher
                .publish(event)
                .onComplete(
                        published -> {
                            inFlight--;
                            recorder.acked(
                                    event.getId(), event.getTag(), published.position(), invoked, System.nanoTime());
                            answers.acknowledged(published.position(), 1);
                            end();
                        },
                        failure -> {
                            answers.failed(failure);
                            vertx.setTimer(AGAIN_MILLIS, id -> {
                                inFlight--;
                                if (isGivenUp) {
                                    end();
                                } else {
                                    publish(publisher, event, invoked);
                                }
                            });
                        });
    }

    private void end() {
        if (isStopped && inFlight == 0) {
            finished.tryComplete();
        }
    }
}
