package io.eventsync.server.postgres;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the running postmaster on one thread: starts it again when it ends on its own, as it does after a full disk, and
 * stops it at the end.
 */
final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final long LOG_CHECK_MILLIS = 5_000;
    private static final long BACKOFF_MILLIS_MIN = 200;
    private static final long BACKOFF_MILLIS_MAX = 5_000;

    /** A postmaster that ran this long was healthy, so its end starts the backoff anew. */
    private static final long HEALTHY_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Longer than a fast and then an immediate stop together. */
    private static final long STOP_MILLIS_MAX = 30_000;

    private final Launcher launcher;
    private final Thread thread;
    private final AtomicInteger restarts = new AtomicInteger();
    private volatile boolean isUp = true;

    private Supervisor(Launcher launcher, Postmaster first) {
        this.launcher = launcher;
        this.thread = new Thread(() -> run(first), "eventsync-postgres");
    }

    static Supervisor start(Launcher launcher) throws IOException, EmbeddedPostgresException, InterruptedException {
        Supervisor supervisor = new Supervisor(launcher, launcher.bringUp());
        supervisor.thread.setDaemon(true);
        supervisor.thread.start();
        return supervisor;
    }

    boolean isUp() {
        return isUp;
    }

    int restarts() {
        return restarts.get();
    }

    /**
     * Returns when Postgres is gone. To be called once: the one interrupt ends the watch, a second would cut the stop short.
     * An interrupt of the caller does not cut the wait short, since it is bounded.
     */
    void close() {
        thread.interrupt();
        boolean wasInterrupted = false;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS_MAX);
        while (thread.isAlive() && System.nanoTime() - deadline < 0) {
            try {
                thread.join(STOP_MILLIS_MAX);
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Postmaster first) {
        Postmaster postmaster = first;
        try {
            long backoffMillis = BACKOFF_MILLIS_MIN;
            while (true) {
                long begin = System.nanoTime();
                watch(postmaster);
                isUp = false;
                boolean wasHealthy = System.nanoTime() - begin > HEALTHY_NANOS;
                backoffMillis = wasHealthy ? BACKOFF_MILLIS_MIN : backoffMillis;
                LOG.error(
                        "postgres ended on its own exitCode={} restartInMillis={}",
                        postmaster.exitCode(),
                        backoffMillis);
                postmaster = restarted(backoffMillis);
                backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MILLIS_MAX);
                restarts.incrementAndGet();
                isUp = true;
            }
        } catch (InterruptedException e) {
            LOG.debug("postgres supervisor asked to stop");
        } finally {
            isUp = false;
            stop(postmaster);
        }
    }

    private void watch(Postmaster postmaster) throws InterruptedException {
        while (!postmaster.awaitExit(LOG_CHECK_MILLIS)) {
            launcher.log().bound();
        }
    }

    private Postmaster restarted(long firstBackoffMillis) throws InterruptedException {
        for (long backoffMillis = firstBackoffMillis;
                ;
                backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MILLIS_MAX)) {
            Thread.sleep(backoffMillis);
            try {
                return launcher.bringUp();
            } catch (EmbeddedPostgresException | IOException e) {
                LOG.error(
                        "postgres does not start, tried again backoffMillis={} reason={}",
                        backoffMillis,
                        e.getMessage());
            }
        }
    }

    private static void stop(Postmaster postmaster) {
        try {
            postmaster.stop();
            LOG.info("postgres stopped");
        } catch (IOException e) {
            LOG.warn("postgres may still run, the next start stops it reason={}", e.toString());
        } catch (InterruptedException e) {
            LOG.warn("postgres may still run, the next start stops it reason=interrupted");
            Thread.currentThread().interrupt();
        }
    }
}
