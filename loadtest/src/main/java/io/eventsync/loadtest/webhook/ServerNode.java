package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.rpc.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server as a process of its own, started again and again on the same port. Without a command it is somebody else's. */
final class ServerNode {

    private static final long STOP_SECONDS_MAX = 20;

    private final List<String> command;
    private final Target target;
    private final Path log;
    private volatile @Nullable Process process;
    private boolean isOver;
    private String nodeId = "";

    private ServerNode(List<String> command, Target target, Path log) {
        this.command = command;
        this.target = target;
        this.log = log;
    }

    static ServerNode foreign(Target target) {
        return new ServerNode(List.of(), target, Path.of("none"));
    }

    /**
     * @param command words apart by blanks; {@code {node}} is replaced by the number, and the port is added
     * @param log gets what it prints
     */
    static ServerNode of(String command, int number, Target target, Path log) {
        List<String> words = new ArrayList<>(List.of(
                command.strip().replace("{node}", Integer.toString(number)).split("\\s+", -1)));
        words.add("--server-port=" + target.port());
        return new ServerNode(words, target, log);
    }

    boolean isOurs() {
        return !command.isEmpty();
    }

    Target target() {
        return target;
    }

    /** What this run of it is called in leases and attempts. */
    String nodeId() {
        return nodeId;
    }

    void nodeId(String given) {
        this.nodeId = given;
    }

    boolean isAlive() {
        Process running = process;
        return !isOurs() || (running != null && running.isAlive());
    }

    synchronized void start() {
        if (isOver) {
            return;
        }
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the server command cannot be started: " + e.getMessage(), e);
        }
    }

    /** SIGKILL, and waits until it is gone. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            if (!await(running, STOP_SECONDS_MAX)) {
                throw new IllegalStateException("the server outlives SIGKILL");
            }
        }
    }

    /** SIGKILL, for good: this process is ending. */
    synchronized void end() {
        isOver = true;
        kill();
    }

    /** SIGTERM; SIGKILL if that takes too long. */
    void stop() {
        Process running = process;
        if (running != null) {
            running.destroy();
            if (!await(running, STOP_SECONDS_MAX)) {
                running.destroyForcibly();
            }
        }
    }

    private static boolean await(Process running, long seconds) {
        try {
            return running.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
