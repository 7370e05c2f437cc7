package io.eventsync.loadtest.read;

import io.eventsync.loadtest.rpc.Retry;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.v1.Event;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both ways of reading share: bounds, reconnecting, and the end. State of one event loop. */
final class Reading {

    private static final Logger LOG = LoggerFactory.getLogger(Reading.class);
    private static final long TICK_MILLIS = 50;

    private final Vertx vertx;
    private final FrameSink sink;
    private final ReadGoal goal;
    private final Runnable connect;
    private final Promise<Void> finished = Promise.promise();

    private final long startedNanos = System.nanoTime();
    private long aliveNanos = startedNanos;
    private long eventNanos = startedNanos;
    private long events;
    private int failures;
    private int reconnects;
    private boolean isConnected;

    Reading(Vertx vertx, FrameSink sink, ReadGoal goal, Runnable connect) {
        this.vertx = vertx;
        this.sink = sink;
        this.goal = goal;
        this.connect = connect;
    }

    Future<Void> finished() {
        return finished.future();
    }

    boolean isOver() {
        return finished.future().isComplete();
    }

    int reconnects() {
        return reconnects;
    }

    long remainingEvents() {
        return goal.events() == 0 ? Long.MAX_VALUE : goal.events() - events;
    }

    void begin() {
        connect.run();
        tick();
    }

    /** Nanoseconds since the last sign of life of the server. */
    long silentNanos() {
        return System.nanoTime() - aliveNanos;
    }

    void opened(long afterPosition) {
        alive();
        isConnected = true;
        eventNanos = System.nanoTime();
        keep(() -> sink.opened(afterPosition));
    }

    void events(List<Event> frame, String cursor) {
        alive();
        eventNanos = System.nanoTime();
        events += frame.size();
        keep(() -> sink.events(frame, cursor));
        if (remainingEvents() <= 0) {
            finish();
        }
    }

    void progress(long position, String cursor) {
        alive();
        keep(() -> sink.progress(position, cursor));
    }

    void finish() {
        finished.tryComplete();
    }

    /** Connects again after a pause, unless trying makes no sense or has been tried for too long. */
    void lost(RpcException failure) {
        isConnected = false;
        if (isOver()) {
            return;
        }
        boolean isWorthAnotherTry = failure.isRetryable() || failure.isUnexplained();
        if (!isWorthAnotherTry || silentNanos() >= goal.giveUpAfter().toNanos()) {
            finished.tryFail(failure);
            return;
        }
        long pause = Retry.pauseMillis(failures++);
        reconnects++;
        LOG.info("reader=lost reason={} retryInMillis={}", failure.reason(), pause);
        vertx.setTimer(pause, id -> {
            if (!isOver()) {
                connect.run();
            }
        });
    }

    private void alive() {
        aliveNanos = System.nanoTime();
        failures = 0;
    }

    /** A sink that cannot keep a frame ends the reading: the cursor must not go past it. */
    private void keep(Runnable keeping) {
        if (isOver()) {
            return;
        }
        try {
            keeping.run();
        } catch (RuntimeException e) {
            finished.tryFail(e);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        boolean isIdle = isConnected
                && !goal.idle().isZero()
                && now - eventNanos >= goal.idle().toNanos();
        boolean isLate =
                !goal.total().isZero() && now - startedNanos >= goal.total().toNanos();
        if (isIdle || isLate) {
            finish();
        }
        if (!isOver()) {
            vertx.setTimer(TICK_MILLIS, id -> tick());
        }
    }
}
