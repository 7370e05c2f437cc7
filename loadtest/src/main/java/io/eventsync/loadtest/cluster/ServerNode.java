package io.eventsync.loadtest.cluster;

import io.eventsync.loadtest.rpc.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server as a process of its own, started again and again on the same port. Without a command it is somebody else's. */
public final class ServerNode {

    private static final long STOP_SECONDS_MAX = 20;

    private final List<String> command;
    private final Map<String, String> environment;
    private final Target target;
    private final Path log;
    private volatile @Nullable Process process;
    private boolean isOver;
    private volatile String nodeId = "";

    private ServerNode(List<String> command, Map<String, String> environment, Target target, Path log) {
        this.command = command;
        this.environment = environment;
        this.target = target;
        this.log = log;
    }

    public static ServerNode foreign(Target target) {
        return new ServerNode(List.of(), Map.of(), target, Path.of("none"));
    }

    /**
     * @param command its words; the port is added
     * @param environment added to that of this process
     * @param log gets what it prints
     */
    public static ServerNode of(List<String> command, Map<String, String> environment, Target target, Path log) {
        List<String> words = new ArrayList<>(command);
        words.add("--server-port=" + target.port());
        return new ServerNode(List.copyOf(words), Map.copyOf(environment), target, log);
    }

    /**
     * @param command words apart by blanks; {@code {node}} is replaced by the number, and the port is added
     * @param log gets what it prints
     */
    public static ServerNode of(String command, int number, Target target, Path log) {
        String words = command.strip().replace("{node}", Integer.toString(number));
        return of(List.of(words.split("\\s+", -1)), Map.of(), target, log);
    }

    public boolean isOurs() {
        return !command.isEmpty();
    }

    public Target target() {
        return target;
    }

    /** What this run of it is called in leases and attempts. */
    public String nodeId() {
        return nodeId;
    }

    public void nodeId(String given) {
        this.nodeId = given;
    }

    public boolean isAlive() {
        Process running = process;
        return !isOurs() || (running != null && running.isAlive());
    }

    public synchronized void start() {
        if (isOver) {
            return;
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("the server command cannot be started: " + e.getMessage(), e);
        }
    }

    /** SIGKILL, and waits until it is gone. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            if (!await(running, STOP_SECONDS_MAX)) {
                throw new IllegalStateException("the server outlives SIGKILL");
            }
        }
    }

    /** SIGKILL, for good: this process is ending. */
    public synchronized void end() {
        isOver = true;
        kill();
    }

    /** SIGTERM; SIGKILL, and false, if that takes too long. */
    public boolean stop() {
        Process running = process;
        if (running == null) {
            return true;
        }
        running.destroy();
        boolean hasEnded = await(running, STOP_SECONDS_MAX);
        if (!hasEnded) {
            running.destroyForcibly();
        }
        return hasEnded;
    }

    /** Of the process that runs, if one does. */
    public OptionalLong pid() {
        Process running = process;
        return running != null && running.isAlive() ? OptionalLong.of(running.pid()) : OptionalLong.empty();
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
