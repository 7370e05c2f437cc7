package io.eventsync.server.event;

import io.eventsync.server.metrics.EventLoopDelay;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gives the log an event loop of its own. */
public final class LogVerticle extends VerticleBase {
    /** Connections are closed by the other side, which may be gone. */
    private static final long CLOSE_MILLIS_MAX = 5_000;

    private final Pool pool;
    private final Pool promptPool;
    private final PgConnectOptions options;
    private final LogConfig config;
    private final MeterRegistry meters;
    private @Nullable EventLog log;

    /** See {@link EventLog#open}. */
    public LogVerticle(Pool pool, Pool promptPool, PgConnectOptions options, LogConfig config, MeterRegistry meters) {
        this.pool = pool;
        this.promptPool = promptPool;
        this.options = options;
        this.config = config;
        this.meters = meters;
    }

    @Override
    public Future<?> start() {
        EventLoopDelay.measure(vertx, "log", meters);
        return EventLog.open(vertx, pool, promptPool, options, config, meters).map(opened -> {
            log = opened;
            return null;
        });
    }

    /** The log, once this is deployed. */
    public EventLog log() {
        EventLog opened = log;
        if (opened == null) {
            throw new IllegalStateException("not deployed");
        }
        return opened;
    }

    @Override
    public Future<?> stop() {
        EventLog opened = log;
        return opened == null
                ? Future.succeededFuture()
                : opened.close()
                        .timeout(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)
                        .otherwiseEmpty();
    }
}
