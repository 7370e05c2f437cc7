package io.eventsync.loadtest.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Postgres that the rig starts, on a port of loopback, for servers to share. Root hands it to another user, as it refuses root. */
final class OwnPostgres implements Postgres {

    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long STOP_SECONDS_MAX = 20;

    private final Path programs;
    private final Path data;
    private final int port;
    private final int portOfServers;
    private final Map<String, String> settings;
    private final Path log;
    private @Nullable Process process;

    /**
     * @param programs the folder of {@code postgres} and {@code initdb}
     * @param portOfServers where servers find it: its own port, or that of a gate before it
     * @param settings beside the defaults
     */
    OwnPostgres(Path programs, Path data, int port, int portOfServers, Map<String, String> settings, Path log) {
        this.programs = programs;
        this.data = data;
        this.port = port;
        this.portOfServers = portOfServers;
        this.settings = new LinkedHashMap<>(settings);
        this.log = log;
    }

    /** Makes the cluster and starts it. */
    static OwnPostgres create(
            Path programs, Path data, int port, int portOfServers, Map<String, String> settings, Path log) {
        OwnPostgres postgres = new OwnPostgres(programs, data, port, portOfServers, settings, log);
        try {
            Files.createDirectories(data);
            if (Tool.isRoot()) {
                String ignored = Tool.run("chown", "65534:65534", data.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String initdb = programs.resolve("initdb").toString();
        String ignored = Tool.run(
                as(List.of(initdb, "-D", data.toString(), "-U", "postgres", "-A", "trust", "--locale=C", "-k")));
        postgres.start();
        return postgres;
    }

    @Override
    public Optional<String> url() {
        return Optional.of("postgresql://postgres@127.0.0.1:" + portOfServers + "/postgres");
    }

    @Override
    public Optional<ProcessHandle> postmaster() {
        Process running = process;
        return running == null
                ? Optional.empty()
                : Optional.of(running.toHandle()).filter(ProcessHandle::isAlive);
    }

    @Override
    public void start() {
        removeEmptyLock();
        List<String> command =
                new ArrayList<>(List.of(programs.resolve("postgres").toString(), "-D", data.toString()));
        Map<String, String> all = new LinkedHashMap<>(Map.of(
                "port", Integer.toString(port),
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "shared_buffers", "128MB",
                "recovery_init_sync_method", "syncfs",
                "timezone", "UTC"));
        all.putAll(settings);
        all.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        try {
            Process started = new ProcessBuilder(as(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = started;
            awaitReady(started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a Postgres that does not flush leaves of its lock when the power goes; it would not start with it, and whoever runs it would do this. */
    private void removeEmptyLock() {
        Path lock = data.resolve("postmaster.pid");
        try {
            if (Files.exists(lock) && Files.size(lock) == 0) {
                Files.delete(lock);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last line of its pid file says so. */
    private void awaitReady(Process started) {
        long until = System.nanoTime() + START_NANOS_MAX;
        while (System.nanoTime() < until && started.isAlive()) {
            try {
                List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
                if (lines.size() > 7
                        && lines.get(0).strip().equals(Long.toString(started.pid()))
                        && lines.get(7).strip().equals("ready")) {
                    return;
                }
            } catch (IOException notYet) {
                // Written by and by.
            }
            Waiting.rest(20);
        }
        throw new IllegalStateException("Postgres does not start; see " + log);
    }

    @Override
    public void close() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return;
        }
        Tool.signal("CONT", processes());
        Tool.signal("INT", postmaster().stream());
        try {
            if (!running.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> as(List<String> command) {
        List<String> words = new ArrayList<>(Tool.isRoot() ? AS_NOBODY : List.of());
        words.addAll(command);
        return words;
    }
}
