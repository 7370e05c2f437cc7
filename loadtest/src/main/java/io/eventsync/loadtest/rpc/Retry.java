package io.eventsync.loadtest.rpc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries again what may succeed later, with growing pauses, until it has failed for too long. */
public final class Retry {

    private static final Logger LOG = LoggerFactory.getLogger(Retry.class);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long PAUSE_MILLIS_MAX = 2_000;

    private final Vertx vertx;
    private final Duration giveUpAfter;
    private final long pauseMillisMax;

    /** A duration of zero never tries again. */
    public Retry(Vertx vertx, Duration giveUpAfter) {
        this(vertx, giveUpAfter, PAUSE_MILLIS_MAX);
    }

    /** With shorter pauses, for who measures how soon something works again. */
    public Retry(Vertx vertx, Duration giveUpAfter, long pauseMillisMax) {
        this.vertx = vertx;
        this.giveUpAfter = giveUpAfter;
        this.pauseMillisMax = pauseMillisMax;
    }

    public <T> Future<T> run(Supplier<Future<T>> attempt) {
        return run(attempt, System.nanoTime(), 0);
    }

    /** The pause before try number `failures` + 1: 50 ms doubling to 2 s, less up to a fifth at random. */
    public static long pauseMillis(int failures) {
        long pause = Math.min(PAUSE_MILLIS_MAX, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
        return pause - ThreadLocalRandom.current().nextLong(pause / 5 + 1);
    }

    private <T> Future<T> run(Supplier<Future<T>> attempt, long firstNanos, int failures) {
        return attempt.get().recover(failure -> {
            boolean isLate = System.nanoTime() - firstNanos >= giveUpAfter.toNanos();
            if (isLate || !(failure instanceof RpcException rpc) || !rpc.isRetryable()) {
                return Future.failedFuture(failure);
            }
            long pause = Math.min(pauseMillisMax, pauseMillis(failures));
            LOG.debug("call=failed reason={} retryInMillis={}", rpc.reason(), pause);
            Promise<T> later = Promise.promise();
            vertx.setTimer(pause, id -> run(attempt, firstNanos, failures + 1).onComplete(later));
            return later.future();
        });
    }
}
