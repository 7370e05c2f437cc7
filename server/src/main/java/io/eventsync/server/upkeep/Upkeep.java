package io.eventsync.server.upkeep;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A piece of work that repeats: the next round is planned when the last one ended, so rounds never overlap. */
public final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final Vertx vertx;
    private final String name;
    private final LongSupplier intervalMillis;
    private final Supplier<Future<Boolean>> round;
    private boolean closed;
    private long failures;

    /** @param round answers true if there is more to do at once */
    public Upkeep(Vertx vertx, String name, long intervalMillis, Supplier<Future<Boolean>> round) {
        this(vertx, name, () -> intervalMillis, round);
    }

    /**
     * @param intervalMillis asked before each pause, so that work that is seldom needed costs little
     * @param round answers true if there is more to do at once
     */
    public Upkeep(Vertx vertx, String name, LongSupplier intervalMillis, Supplier<Future<Boolean>> round) {
        this.vertx = vertx;
        this.name = name;
        this.intervalMillis = intervalMillis;
        this.round = round;
    }

    public void start() {
        vertx.setTimer(Math.max(1, intervalMillis.getAsLong()), t -> tick());
    }

    /** The first round at once. */
    public void startNow() {
        vertx.runOnContext(v -> tick());
    }

    private void tick() {
        if (closed) {
            return;
        }
        round.get()
                .map(more -> {
                    sayIfBack();
                    return more;
                })
                .otherwise(e -> {
                    sayIfNew(e);
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

    /** A state change is worth a line; that it lasts is not. */
    private void sayIfNew(Throwable cause) {
        if (failures++ == 0) {
            LOG.warn("{} failed cause={} next=again every_ms={}", name, cause.getMessage(), intervalMillis.getAsLong());
        }
    }

    private void sayIfBack() {
        if (failures > 0) {
            LOG.info("{} works again failures={}", name, failures);
            failures = 0;
        }
    }

    public void close() {
        closed = true;
    }
}
