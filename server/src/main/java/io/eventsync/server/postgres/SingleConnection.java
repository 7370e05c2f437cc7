package io.eventsync.server.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.concurrent.TimeUnit;

/**
 * One connection that nobody else uses, opened again whenever it is lost. By a pool of one: a connection that is opened without a pool leaves
 * its network client behind for as long as the process lives (Vert.x 5.0), and while Postgres is away that is several a second.
 */
public final class SingleConnection {
    private static final int OPEN_SECONDS_MAX = 10;

    private final Vertx vertx;
    private final PgConnectOptions options;
    private Pool pool;

    public SingleConnection(Vertx vertx, PgConnectOptions options) {
        this.vertx = vertx;
        this.options = options;
        this.pool = fresh();
    }

    private Pool fresh() {
        return PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(1)
                        .setConnectionTimeout(OPEN_SECONDS_MAX)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS))
                .connectingTo(options)
                .using(vertx)
                .build();
    }

    /** Opens it; call when the one before was lost, closed or {@link #abandon abandoned}, never earlier. Closing it keeps it for the next call. */
    public Future<PgConnection> open() {
        return pool.getConnection().map(PgConnection::cast);
    }

    /** Leaves the connection there is, whose state or peer is in doubt, to itself: closing one waits for what is under way. */
    public void abandon() {
        Pool old = pool;
        pool = fresh();
        old.close().onComplete(done -> {});
    }

    public Future<Void> close() {
        return pool.close();
    }
}
