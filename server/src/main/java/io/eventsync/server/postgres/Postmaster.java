package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of Postgres: a shell that holds a pipe from this JVM, and the postmaster below it. */
final class Postmaster {
    private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);
    private static final long READY_POLL_MILLIS = 10;
    private static final long FAST_SECONDS = 10;
    private static final long IMMEDIATE_SECONDS = 5;

    /**
     * The pipe closes when the JVM ends, however it ends, and the reader then asks for a fast shutdown, again each second
     * since a postmaster that has only just begun does not listen yet. When Postgres ends first the reader must go, or it
     * would later signal a stranger with the same number.
     */
    private static final String GUARD = "exec 3<&0; trap '' INT HUP TERM; \"$@\" & P=$!;"
            + " (read _ <&3; while kill -INT $P; do sleep 1; done) 2>/dev/null & R=$!;"
            + " wait $P; S=$?; kill -KILL $R; exit $S";

    /** A session of its own keeps the terminal's Ctrl-C, meant for the server, from Postgres. */
    private static final boolean HAS_SETSID =
            Stream.of("/usr/bin/setsid", "/bin/setsid").anyMatch(program -> Files.isExecutable(Path.of(program)));

    private final Process shell;
    private final Path data;

    private Postmaster(Process shell, Path data) {
        this.shell = shell;
        this.data = data;
    }

    static Postmaster launch(List<String> command, Path data, ProcessBuilder.Redirect log) throws IOException {
        Stream<String> guard = Stream.of("sh", "-c", GUARD, "sh");
        Stream<String> guarded = Stream.concat(guard, command.stream());
        Stream<String> whole = HAS_SETSID ? Stream.concat(Stream.of("setsid"), guarded) : guarded;
        Process shell = Command.builder(whole.toList())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        return new Postmaster(shell, data);
    }

    /** False when Postgres ended instead, or the time is over. */
    boolean awaitReady(long timeoutNanos) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        while (shell.isAlive() && System.nanoTime() - deadline < 0) {
            if (pid().map(PostmasterPid::isReady).orElse(false)) {
                return true;
            }
            shell.waitFor(READY_POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
        return false;
    }

    /** True when Postgres has ended within this time. */
    boolean awaitExit(long millis) throws InterruptedException {
        return shell.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    boolean isAlive() {
        return shell.isAlive();
    }

    int exitCode() {
        return shell.exitValue();
    }

    /** Fast, and when that takes too long immediate, which the next start repairs like a crash. */
    void stop() throws IOException, InterruptedException {
        shell.getOutputStream().close();
        if (shell.waitFor(FAST_SECONDS, TimeUnit.SECONDS)) {
            return;
        }
        LOG.warn("postgres did not stop within {} s, stopping it at once; the next start recovers", FAST_SECONDS);
        Optional<PostmasterPid> running = pid();
        if (running.isPresent()) {
            Leftover.signal(running.get().pid(), "QUIT");
        }
        if (!shell.waitFor(IMMEDIATE_SECONDS, TimeUnit.SECONDS)) {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
    }

    /** Ours only: a file left by a killed postmaster may say ready too. */
    private Optional<PostmasterPid> pid() throws IOException {
        return PostmasterPid.read(data)
                .filter(file -> ProcessHandle.of(file.pid())
                        .flatMap(ProcessHandle::parent)
                        .map(parent -> parent.pid() == shell.pid())
                        .orElse(false));
    }
}
