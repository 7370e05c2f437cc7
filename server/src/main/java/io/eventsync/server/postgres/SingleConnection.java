package io.eventsync.server.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.CloseFuture;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
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

    private final VertxInternal vertx;
    private final PgConnectOptions options;
    private Home home;

    public SingleConnection(Vertx vertx, PgConnectOptions options) {
        this.vertx = (VertxInternal) vertx;
        this.options = options;
        this.home = fresh();
    }

    /**
     * A pool, and all that is closed with it. Vert.x keeps a network client until the context that it was made in ends, also when its pool
     * is closed: so each pool is made in a context of its own.
     */
    private record Home(Pool pool, CloseFuture all) {}

    private Home fresh() {
        CloseFuture all = new CloseFuture();
        ContextInternal own = vertx.contextBuilder()
                .withEventLoop(vertx.getOrCreateContext().nettyEventLoop())
                .withCloseFuture(all)
                .build();
        ContextInternal before = own.beginDispatch();
        try {
            return new Home(pool(), all);
        } finally {
            own.endDispatch(before);
        }
    }

    private Pool pool() {
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
        return home.pool().getConnection().map(PgConnection::cast);
    }

    /** Leaves the connection there is, whose state or peer is in doubt, to itself: closing one waits for what is under way. */
    public void abandon() {
        Home old = home;
        home = fresh();
        old.all().close().onComplete(done -> {});
    }

    public Future<Void> close() {
        return home.all().close();
    }
}
