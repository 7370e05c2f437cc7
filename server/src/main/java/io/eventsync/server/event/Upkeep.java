package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A piece of work that repeats: the next round is planned when the last one ended, so rounds never overlap. */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final Vertx vertx;
    private final String name;
    private final long intervalMillis;
    private final Supplier<Future<Boolean>> round;
    private boolean closed;

    /** @param round answers true if there is more to do at once */
    Upkeep(Vertx vertx, String name, long intervalMillis, Supplier<Future<Boolean>> round) {
        this.vertx = vertx;
        this.name = name;
        this.intervalMillis = Math.max(1, intervalMillis);
        this.round = round;
    }

    void start() {
        vertx.setTimer(intervalMillis, t -> tick());
    }

    private void tick() {
        if (closed) {
            return;
        }
        round.get()
                .otherwise(e -> {
                    LOG.warn("{} failed cause={} next=again in_ms={}", name, e.getMessage(), intervalMillis);
                    return false;
                })
                .onComplete(more -> {
                    if (more.result()) {
                        tick();
                    } else {
                        start();
                    }
                });
    }

    void close() {
        closed = true;
    }
}
