package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(TailSignal.class);
    private static final String CHANNEL = "eventsync_log";
    private static final long RECONNECT_MILLIS = 500;
    private static final long LOOK_AROUND_MILLIS = 2_000;
    private static final long ANSWER_MILLIS_MAX = 5_000;

    private final Vertx vertx;
    private final long intervalMillis;
    private final String self = UUID.randomUUID().toString();
    private final PgSubscriber subscriber;
    /** True until it is known. */
    private boolean others = true;

    private boolean timerRuns;
    private boolean closed;

    TailSignal(Vertx vertx, PgConnectOptions options, long intervalMillis, Runnable onHint) {
        this.vertx = vertx;
        this.intervalMillis = Math.max(1, intervalMillis);
        this.subscriber = PgSubscriber.subscriber(
                        vertx,
                        new PgConnectOptions(options)
                                .addProperty("application_name", "eventsync-listen")
                                .addProperty("synchronous_commit", "off"))
                .reconnectPolicy(retries -> closed ? -1L : RECONNECT_MILLIS);
        subscriber.channel(CHANNEL).handler(sender -> {
            if (!self.equals(sender)) {
                onHint.run();
            }
        });
    }

    /** Succeeds also if listening is not possible, as through a transaction pooler: polling then does the work. */
    Future<Void> open() {
        return subscriber
                .connect()
                .otherwise(e -> {
                    LOG.warn("LISTEN failed cause={} next=rely on polling", e.getMessage());
                    return null;
                })
                .map(v -> {
                    lookAround();
                    return null;
                });
    }

    /** Whether anyone would hear a NOTIFY. */
    private void lookAround() {
        PgConnection connection = subscriber.actualConnection();
        Future<Boolean> asked = connection == null
                ? Future.succeededFuture(false)
                : connection
                        .preparedQuery(OTHERS)
                        .execute()
                        .timeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
                        .onFailure(dead -> connection.close().onFailure(closed -> {}))
                        .map(rows -> rows.iterator().next().getLong(0) > 0);
        asked.otherwise(false).onComplete(answer -> {
            others = answer.result();
            if (!closed) {
                vertx.setTimer(LOOK_AROUND_MILLIS, t -> lookAround());
            }
        });
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
        PgConnection connection = subscriber.actualConnection();
        if (connection != null) {
            connection
                    .preparedQuery(NOTIFY)
                    .execute(Tuple.of(self))
                    .onFailure(e -> LOG.debug("notify failed cause={} next=others poll", e.getMessage()));
        }
    }

    Future<Void> close() {
        closed = true;
        return subscriber.close();
    }
}
