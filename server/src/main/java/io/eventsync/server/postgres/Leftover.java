package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Postgres that outlived the server that started it. We hold the home's lock, so nobody else may be using it.
 *
 * <p>Every Postgres process works in its data folder, which tells it from an unrelated process that got the same number:
 * in a container the numbers repeat at each start.
 */
final class Leftover {
    private static final Logger LOG = LoggerFactory.getLogger(Leftover.class);
    private static final long FAST_SECONDS = 10;
    private static final long IMMEDIATE_SECONDS = 10;
    private static final long POLL_MILLIS = 20;

    private Leftover() {}

    static void stop(Path data) throws IOException, EmbeddedPostgresException, InterruptedException {
        Optional<PostmasterPid> file = PostmasterPid.read(data);
        if (file.isEmpty() || !worksIn(data, processFolder(file.get().pid()))) {
            return;
        }
        long pid = file.get().pid();
        LOG.warn("postgres left over from an earlier server, stopping it pid={} folder={}", pid, data);
        if (!stops(data, pid, "INT", FAST_SECONDS) && !stops(data, pid, "QUIT", IMMEDIATE_SECONDS)) {
            throw new EmbeddedPostgresException("A PostgreSQL left over from an earlier server, process " + pid
                    + ", still runs on " + data + " and does not stop. Run: kill -QUIT " + pid);
        }
    }

    /** Only when no process, not even an orphaned backend, works in the folder: two clusters on one folder corrupt it. */
    static void removeStalePid(Path data) throws IOException {
        if (!isAnyoneIn(data) && Files.deleteIfExists(PostmasterPid.in(data))) {
            LOG.warn("postgres pid file removed, its process is gone folder={}", data);
        }
    }

    static void signal(long pid, String signal) throws IOException, InterruptedException {
        Command.Result result =
                Command.run(List.of("sh", "-c", "kill -s \"$1\" \"$2\"", "sh", signal, Long.toString(pid)));
        if (!result.isSuccess()) {
            LOG.warn("signal not delivered signal={} pid={} said=\"{}\"", signal, pid, result.output());
        }
    }

    private static boolean stops(Path data, long pid, String signal, long seconds)
            throws IOException, InterruptedException {
        signal(pid, signal);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (worksIn(data, processFolder(pid))) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    private static boolean isAnyoneIn(Path data) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (worksIn(data, process)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A process that ended, or that belongs to somebody who could not have opened the folder, cannot be read. */
    private static boolean worksIn(Path data, Path process) {
        try {
            return Files.isSameFile(process.resolve("cwd"), data);
        } catch (IOException e) {
            return false;
        }
    }

    private static Path processFolder(long pid) {
        return Path.of("/proc", Long.toString(pid));
    }
}
