package io.eventsync.server.postgres;

import io.eventsync.server.postgres.MigrationException.Reason;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one migration waits for those who are in its way: little at a time, with pauses, and not for ever. */
final class LockWaits {
    private static final Logger LOG = LoggerFactory.getLogger(LockWaits.class);
    private static final long SAY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Limits limits;
    private final long beganNanos;
    private @Nullable Long sinceNanos;
    private long saidNanos;

    /** @param beganNanos when the first migration of this run was begun */
    LockWaits(Limits limits, long beganNanos) {
        this.limits = limits;
        this.beganNanos = beganNanos;
    }

    /**
     * @param lockMillis a try waits so long for each lock
     * @param pauseMillis between two tries, for those who queued behind the first one
     * @param allMillis after which a run has had its last try
     */
    record Limits(long lockMillis, long pauseMillis, long allMillis) {
        /**
         * Longer for a lock than deadlock_timeout (1 s): after that, Postgres ends an autovacuum that is in the way. Over all less than
         * what a start may take (10 min), so that it ends with the reason.
         */
        static final Limits DEFAULT = new Limits(2_000, 3_000, TimeUnit.MINUTES.toMillis(9));
    }

    /**
     * Before each try but the first. To be done under the lock of all servers: with pauses beside each other, the tries of several would
     * leave nobody else room.
     */
    Future<Void> pause(SqlClient client) {
        return sinceNanos == null ? Future.succeededFuture() : MigrationStore.pause(client, limits.pauseMillis());
    }

    /** Done if it is to be tried again; fails with what to do if that was the last time. */
    Future<Void> refused(SqlClient client, MigrationException refused) {
        long now = System.nanoTime();
        boolean isLast = now - beganNanos >= TimeUnit.MILLISECONDS.toNanos(limits.allMillis());
        long since = sinceNanos == null ? now : sinceNanos;
        if (sinceNanos != null && !isLast && now - saidNanos < SAY_NANOS) {
            return Future.succeededFuture();
        }
        sinceNanos = since;
        saidNanos = now;
        return MigrationStore.inTheWay(client).compose(found -> {
            String who = found.orElse("somebody who is gone by now");
            if (isLast) {
                return Future.failedFuture(givenUp(refused, who));
            }
            LOG.warn(
                    "{} in_the_way=\"{}\" waiting_s={} next=again in_ms={}",
                    refused.getMessage(),
                    who,
                    TimeUnit.NANOSECONDS.toSeconds(now - since),
                    limits.pauseMillis());
            return Future.succeededFuture();
        });
    }

    private static MigrationException givenUp(MigrationException refused, String who) {
        return new MigrationException(
                Reason.LOCKED,
                refused.getMessage() + " and left nothing behind; in the way: " + who
                        + ". Wait for that transaction or end it, and start again. All that are open, the oldest first:"
                        + " select pid, xact_start, application_name, state, query from pg_stat_activity"
                        + " where xact_start is not null order by xact_start",
                refused);
    }
}
