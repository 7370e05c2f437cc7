package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Main;
import io.eventsync.loadtest.rpc.Target;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An echo server in a JVM of its own, started from this program's class path. */
final class EchoProcess implements AutoCloseable {

    private static final long STOP_SECONDS_MAX = 5;

    private final Process process;
    private final int port;

    private EchoProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static EchoProcess start() {
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        ProcessBuilder command = new ProcessBuilder(
                java,
                "-Xms512m",
                "-Xmx512m",
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "echo-server",
                "--port",
                "0");
        command.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = command.start();
            String line = process.inputReader().readLine();
            if (line == null) {
                process.destroyForcibly();
                throw new IllegalStateException("the echo server ended before it listened");
            }
            return new EchoProcess(process, Integer.parseInt(line.strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Target target() {
        return new Target("127.0.0.1", port);
    }

    List<Long> pids() {
        return List.of(process.pid());
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
