package io.eventsync.loadtest.check;

import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Retry;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends one event after the other and records what it was told. */
final class Writer extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final long CALL_MILLIS_MAX = 10_000;
    private static final int TAGS = 10;

    private final Connection connection;
    private final HistoryRecorder recorder;
    private final String name;
    private final Duration giveUpAfter;
    private final Promise<Void> finished = Promise.promise();
    private volatile boolean isStopped;
    private long sent;

    Writer(Connection connection, HistoryRecorder recorder, String name, Duration giveUpAfter) {
        this.connection = connection;
        this.recorder = recorder;
        this.name = name;
        this.giveUpAfter = giveUpAfter;
    }

    static String tag(long number) {
        return "CHECK.T" + number % TAGS;
    }

    @Override
    public Future<?> start() {
        next(new Retry(vertx, giveUpAfter));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return connection.close();
    }

    /** Ends after the answer that is under way. */
    Future<Void> finish() {
        isStopped = true;
        return finished.future();
    }

    private void next(Retry retry) {
        if (isStopped) {
            finished.tryComplete();
            return;
        }
        sent++;
        String id = name + "-" + sent;
        String tag = tag(sent);
        IngestRequest request = IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setId(id).setTag(tag).setJson("{\"n\":" + sent + "}"))
                .build();
        long invoked = System.nanoTime();
        retry.run(() -> connection.unary(EventServiceGrpcClient.Ingest, request, CALL_MILLIS_MAX))
                .onComplete((answer, failure) -> {
                    if (failure != null) {
                        LOG.warn("writer={} failed={} next=stop", name, failure.getMessage());
                        finished.tryFail(failure);
                        return;
                    }
                    recorder.acked(id, tag, answer.getResult().getPosition(), invoked, System.nanoTime());
                    next(retry);
                });
    }
}
