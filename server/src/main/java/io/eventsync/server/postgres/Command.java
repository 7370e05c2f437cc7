package io.eventsync.server.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A short-lived helper process, run to its end. */
final class Command {
    private static final long TIMEOUT_SECONDS = 120;
    private static final int OUTPUT_BYTES_MAX = 64 * 1024;

    /** What a command left behind: its exit code, and standard output and error together. */
    record Result(int exitCode, String output) {
        boolean isSuccess() {
            return exitCode == 0;
        }
    }

    private Command() {}

    static Result run(List<String> command) throws IOException, InterruptedException {
        return run(command, "");
    }

    /** The output goes through a file, so that a command that prints much and one that hangs are both bounded. */
    static Result run(List<String> command, String input) throws IOException, InterruptedException {
        Path output = Files.createTempFile("eventsync-command", ".out");
        try {
            Process process = builder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The command ended without reading; its exit code and output say why.
            }
            return finish(process, output, command);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** PGDATA, PGPORT and their like in the server's own environment must not reach the embedded Postgres. */
    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private static Result finish(Process process, Path output, List<String> command)
            throws IOException, InterruptedException {
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(command.get(0) + " did not end within " + TIMEOUT_SECONDS + " s");
            }
        } finally {
            process.destroyForcibly();
        }
        try (InputStream text = Files.newInputStream(output)) {
            String said = new String(text.readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
            return new Result(process.exitValue(), said.strip());
        }
    }
}
