package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.RpcException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.grpc.common.GrpcStatus;
import java.util.concurrent.TimeUnit;

/**
 * Keeps one lane busy, on one event loop and without locks.
 *
 * <p>Closed loop: the next unit goes out when one comes back. Open loop: units are due at fixed times and latency counts from
 * the time a unit was due, so that a stalled server is charged for the units it kept from being sent.
 */
final class LoadLoop extends VerticleBase {

    private static final long PAUSE_AFTER_FAILURE_MILLIS = 10;
    private static final long WATCH_MILLIS = 50;
    private static final long DRAIN_MILLIS_MAX = 5_000;

    private final Lane lane;
    private final int inFlightMax;
    private final long intervalNanos;
    private final Tally tally = new Tally();
    private final Promise<Tally> finished = Promise.promise();

    private long dueNanos;
    private int inFlight;
    private boolean isPumping;
    private boolean isTimerArmed;
    private boolean isEnding;

    /** An interval of 0 is a closed loop. */
    LoadLoop(Lane lane, int inFlightMax, long intervalNanos) {
        this.lane = lane;
        this.inFlightMax = inFlightMax;
        this.intervalNanos = intervalNanos;
    }

    @Override
    public Future<?> start() {
        return lane.open();
    }

    @Override
    public Future<?> stop() {
        return lane.close();
    }

    /** Runs until the window is over and everything sent has come back. */
    Future<Tally> run(Window given) {
        context.runOnContext(ignored -> {
            dueNanos = System.nanoTime();
            watch(given);
        });
        return finished.future();
    }

    /** Notices the end of the window also when no answer comes any more. */
    private void watch(Window open) {
        pump(open);
        if (!finished.future().isComplete()) {
            vertx.setTimer(WATCH_MILLIS, id -> watch(open));
        }
    }

    private void pump(Window open) {
        if (isPumping) {
            return;
        }
        isPumping = true;
        long now = System.nanoTime();
        if (dueNanos - open.fromNanos() < 0 && open.holds(now)) {
            // What a cold start kept waiting is not carried into the measuring.
            dueNanos = open.fromNanos();
        }
        while (inFlight < inFlightMax && mayGo(open, now)) {
            send(open, intervalNanos > 0 ? dueNanos : now);
            dueNanos += intervalNanos;
            now = System.nanoTime();
        }
        isPumping = false;
        if (open.isOver(now)) {
            end(open);
        } else if (intervalNanos > 0 && inFlight < inFlightMax) {
            wakeWhenDue(open, now);
        }
    }

    /** At a rate a unit due in the window goes even when the wake-up for it came after the window's end: it is late, not unsent. */
    private boolean mayGo(Window open, long now) {
        return intervalNanos > 0 ? !isEnding && dueNanos - now <= 0 && !open.isOver(dueNanos) : !open.isOver(now);
    }

    private void send(Window open, long scheduled) {
        inFlight++;
        lane.send().onComplete((events, failure) -> {
            long now = System.nanoTime();
            boolean counts = open.holds(intervalNanos > 0 ? scheduled : now);
            if (failure == null) {
                if (counts) {
                    tally.succeeded(events, now - scheduled);
                }
                release(open);
            } else {
                if (counts) {
                    count(RpcException.of(failure, null));
                }
                // Without a pause a server that is gone would be called in a tight loop.
                vertx.setTimer(PAUSE_AFTER_FAILURE_MILLIS, id -> release(open));
            }
        });
    }

    private void count(RpcException failure) {
        if (failure.status() == GrpcStatus.RESOURCE_EXHAUSTED && failure.hasRetryTime()) {
            tally.refused(failure.reason());
        } else {
            tally.failed(failure.reason());
        }
    }

    private void release(Window open) {
        inFlight--;
        pump(open);
    }

    /** The timers of the context are finer than those of Vertx.setTimer, whose millisecond would be counted as latency. */
    private void wakeWhenDue(Window open, long now) {
        if (isTimerArmed) {
            return;
        }
        isTimerArmed = true;
        vertx.timer(Math.max(1, dueNanos - now), TimeUnit.NANOSECONDS).onComplete(woken -> {
            isTimerArmed = false;
            pump(open);
        });
    }

    private void end(Window open) {
        if (!isEnding) {
            isEnding = true;
            if (intervalNanos > 0) {
                tally.unsent(open.dueFrom(dueNanos, intervalNanos));
            }
            vertx.setTimer(DRAIN_MILLIS_MAX, id -> {
                for (int i = 0; i < inFlight && !finished.future().isComplete(); i++) {
                    tally.failed("NO_ANSWER_WHILE_DRAINING");
                }
                finished.tryComplete(tally);
            });
        }
        if (inFlight == 0) {
            finished.tryComplete(tally);
        }
    }
}
