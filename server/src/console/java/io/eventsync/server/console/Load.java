package io.eventsync.server.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The load tester as a process of its own: a browser beside a producer in one JVM would measure neither. */
final class Load implements AutoCloseable {
    private final Process process;

    private Load(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx200m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.eventsync.loadtest.Main"));
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Load start(String... arguments) {
        return new Load(List.of(arguments));
    }

    /** The visitors of a shop, some 8 events each. */
    static Load ofShop(int port, int visitorsPerSecond) {
        return start(
                "generate",
                "--to",
                "eventsync",
                "--target",
                "127.0.0.1:" + port,
                "--sessions",
                Integer.toString(visitorsPerSecond),
                "--duration",
                "30m");
    }

    int await() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
