package io.eventsync.loadtest.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of the system, run to their end. */
final class Tool {

    private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin");

    private Tool() {}

    /** What it printed. Fails with that if it failed. */
    static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + code + ": " + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static String run(String... command) {
        return run(List.of(command));
    }

    static boolean isThere(String name) {
        return find(name).isPresent();
    }

    static Optional<Path> find(String name) {
        return FOLDERS.stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static boolean isRoot() {
        return System.getProperty("user.name", "").equals("root");
    }

    /** Sends a signal to processes; those that have ended meanwhile are left out. */
    static void signal(String signal, Stream<ProcessHandle> processes) {
        List<String> pids = processes
                .filter(ProcessHandle::isAlive)
                .map(process -> Long.toString(process.pid()))
                .toList();
        if (!pids.isEmpty()) {
            String all = String.join(" ", pids);
            String ignored = run("sh", "-c", "kill -s " + signal + " " + all + " 2>/dev/null || true");
        }
    }
}
