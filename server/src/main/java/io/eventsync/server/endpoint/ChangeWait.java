package io.eventsync.server.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * Holds the answer to a change back until the node that works the endpoint keeps to it: an event that comes after the answer meets the new
 * settings. Not for ever, for that node may stand still; whoever works the endpoint after it does so by the new ones.
 */
final class ChangeWait {
    private static final long POLL_MILLIS_MIN = 10;
    private static final long POLL_MILLIS_MAX = 100;
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

    private final Vertx vertx;
    private final EndpointStore store;

    ChangeWait(Vertx vertx, EndpointStore store) {
        this.vertx = vertx;
        this.store = store;
    }

    /** Never fails: the change is made. */
    Future<Void> followed(long endpoint) {
        Promise<Void> done = Promise.promise();
        look(endpoint, System.nanoTime(), POLL_MILLIS_MIN, done);
        return done.future();
    }

    private void look(long endpoint, long beganNanos, long pauseMillis, Promise<Void> done) {
        store.isFollowed(endpoint).otherwise(true).onSuccess(isFollowed -> {
            if (isFollowed || System.nanoTime() - beganNanos > WAIT_NANOS_MAX) {
                done.complete();
            } else {
                long next = Math.min(POLL_MILLIS_MAX, 2 * pauseMillis);
                vertx.setTimer(pauseMillis, t -> look(endpoint, beganNanos, next, done));
            }
        });
    }
}
