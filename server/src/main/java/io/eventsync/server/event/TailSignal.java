package io.eventsync.server.event;

import io.eventsync.server.postgres.SingleConnection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Wakes other nodes by NOTIFY, at most once per interval, and is woken by theirs. A hint only: whoever misses one polls. Never part
 * of an append, because a notifying transaction holds a lock of the whole cluster through its commit.
 */
final class TailSignal {
    static final String NOTIFY = "select pg_notify('eventsync_log', $1)";
    static final String OTHERS = """
            select count(*) from pg_stat_activity
            where datname = current_database() and application_name = 'eventsync-listen' and pid <> pg_backend_pid()
            """;

    static final String LISTEN = "listen eventsync_log";

    private static final Logger LOG = LoggerFactory.getLogger(TailSignal.class);
    private static final long RECONNECT_MILLIS = 500;
    private static final long LOOK_AROUND_MILLIS = 2_000;
    private static final long ANSWER_MILLIS_MAX = 5_000;

    private final Vertx vertx;
    private final long intervalMillis;
    private final String self = UUID.randomUUID().toString();
    private final Runnable onHint;
    private final SingleConnection single;
    private @Nullable PgConnection connection;
    /** True while it is not known. */
    private boolean others = true;

    private int looksAlone;

    private boolean timerRuns;
    private boolean outage;
    private boolean closed;

    TailSignal(Vertx vertx, PgConnectOptions options, long intervalMillis, Runnable onHint) {
        this.vertx = vertx;
        this.intervalMillis = Math.max(1, intervalMillis);
        this.onHint = onHint;
        this.single = new SingleConnection(
                vertx,
                new PgConnectOptions(options)
                        .addProperty("application_name", "eventsync-listen")
                        .addProperty("synchronous_commit", "off"));
    }

    /** Succeeds also if listening is not possible, as through a transaction pooler: polling then does the work. */
    Future<Void> open() {
        return listen().otherwiseEmpty().onComplete(v -> lookAround());
    }

    private Future<Void> listen() {
        return single.open()
                .compose(fresh -> {
                    fresh.notificationHandler(hint -> {
                        if (!self.equals(hint.getPayload())) {
                            onHint.run();
                        }
                    });
                    fresh.closeHandler(v -> lost(fresh));
                    return fresh.query(LISTEN)
                            .execute()
                            .timeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
                            .onFailure(e -> letGo(fresh, e))
                            .<Void>map(rows -> {
                                heard(fresh);
                                return null;
                            });
                })
                .onFailure(this::notHeard);
    }

    private void heard(PgConnection fresh) {
        connection = fresh;
        if (outage) {
            LOG.info("LISTEN works again");
        }
        outage = false;
    }

    /** Tried twice a second: an outage is told once. */
    private void notHeard(Throwable e) {
        LOG.atLevel(outage ? Level.DEBUG : Level.WARN)
                .log("LISTEN failed cause={} next=rely on polling", e.getMessage());
        outage = true;
        listenLater();
    }

    /** A pooler that refuses LISTEN will refuse the next one too, so what it gave us goes back for that; silence is a dead peer. */
    private void letGo(PgConnection fresh, Throwable e) {
        if (e instanceof TimeoutException) {
            single.abandon();
        } else {
            fresh.close().onComplete(done -> {});
        }
    }

    private void lost(PgConnection which) {
        if (connection == which) {
            connection = null;
            looksAlone = 0;
            listenLater();
        }
    }

    private void listenLater() {
        vertx.setTimer(RECONNECT_MILLIS, t -> {
            if (!closed) {
                listen().onFailure(logged -> {});
            }
        });
    }

    /** Whether anyone would hear a NOTIFY. */
    private void lookAround() {
        PgConnection asked = connection;
        Future<Boolean> answer = asked == null
                ? Future.succeededFuture(true)
                : asked.preparedQuery(OTHERS)
                        .execute()
                        .timeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
                        .onFailure(dead -> giveUp(asked))
                        .map(rows -> rows.iterator().next().getLong(0) > 0);
        answer.otherwise(true).onComplete(heard -> {
            others = heard.result();
            looksAlone = others ? 0 : looksAlone + 1;
            if (!closed) {
                vertx.setTimer(LOOK_AROUND_MILLIS, t -> lookAround());
            }
        });
    }

    private void giveUp(PgConnection dead) {
        if (connection == dead) {
            single.abandon();
            lost(dead);
        }
    }

    /**
     * Whether this is the only node, and one that comes would be heard: it tells of its events until it knows that nobody listens. Looked
     * at twice, because a node whose connection broke is not there for a moment.
     */
    boolean isAlone() {
        return connection != null && looksAlone >= 2;
    }

    /** There are new events. */
    void advanced() {
        if (!others || timerRuns) {
            return;
        }
        timerRuns = true;
        vertx.setTimer(intervalMillis, t -> {
            timerRuns = false;
            tell();
        });
    }

    private void tell() {
        PgConnection open = connection;
        if (open != null) {
            open.preparedQuery(NOTIFY)
                    .execute(Tuple.of(self))
                    .onFailure(e -> LOG.debug("notify failed cause={} next=others poll", e.getMessage()));
        }
    }

    Future<Void> close() {
        closed = true;
        return single.close();
    }
}
