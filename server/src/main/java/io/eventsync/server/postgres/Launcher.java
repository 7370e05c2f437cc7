package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings Postgres up on a prepared folder: the first time, and each time it went down on its own. */
final class Launcher {
    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);

    /** A killed postmaster keeps its number, and its children the shared memory, until the kernel has cleaned up. */
    private static final int STALE_PID_ATTEMPTS = 20;

    private static final long STALE_PID_RETRY_MILLIS = 250;

    private final List<String> command;
    private final Path data;
    private final SocketFolder socket;
    private final PostgresLog log;
    private final Duration startTimeout;

    Launcher(List<String> command, Path data, SocketFolder socket, PostgresLog log, Duration startTimeout) {
        this.command = List.copyOf(command);
        this.data = data;
        this.socket = socket;
        this.log = log;
        this.startTimeout = startTimeout;
    }

    Postmaster bringUp() throws IOException, EmbeddedPostgresException, InterruptedException {
        long begin = System.nanoTime();
        Leftover.stop(data);
        for (int attempt = 1; ; attempt++) {
            socket.clear();
            Postmaster postmaster = Postmaster.launch(command, data, log.redirect());
            if (isReady(postmaster)) {
                LOG.info("postgres ready folder={} millis={}", data, (System.nanoTime() - begin) / 1_000_000);
                return postmaster;
            }
            // Postgres removes its own pid file when it gives up; one that is still there is what it gave up on.
            if (attempt == STALE_PID_ATTEMPTS || !Files.exists(PostmasterPid.in(data))) {
                throw new EmbeddedPostgresException("PostgreSQL did not start on " + data + " (exit code "
                        + postmaster.exitCode() + "). It says: " + log.lastWords() + " (all of it in " + log + ")");
            }
            Thread.sleep(STALE_PID_RETRY_MILLIS);
            Leftover.removeStalePid(data);
        }
    }

    PostgresLog log() {
        return log;
    }

    private boolean isReady(Postmaster postmaster) throws IOException, EmbeddedPostgresException, InterruptedException {
        boolean isReady = false;
        boolean isTimeUp = false;
        try {
            isReady = postmaster.awaitReady(startTimeout.toNanos());
            isTimeUp = !isReady && postmaster.isAlive();
        } finally {
            if (!isReady) {
                stopWhateverHappens(postmaster);
            }
        }
        if (isTimeUp) {
            throw new EmbeddedPostgresException("PostgreSQL was not ready on " + data + " within "
                    + startTimeout.toSeconds() + " s. It says: " + log.lastWords() + " (all of it in " + log + ")");
        }
        return isReady;
    }

    /** A close during a start interrupts this thread, and Postgres must be gone before the home's lock is. */
    private static void stopWhateverHappens(Postmaster postmaster) throws IOException, InterruptedException {
        boolean wasInterrupted = Thread.interrupted();
        try {
            postmaster.stop();
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
