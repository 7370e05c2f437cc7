package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.StopSignal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Runs the user's command that restarts the server, and asks the server until it answers again. */
final class Restart {

    private static final Duration MAX = Duration.ofMinutes(5);
    private static final Duration ASK_EVERY = Duration.ofMillis(10);

    private final String command;
    private final BooleanSupplier isUp;
    private final StopSignal stop;

    /**
     * What it took.
     *
     * @param millis from the command's start to the first answer after its end
     * @param awayMillis of that, from the first ask without an answer on; 0 if each had one
     * @param pid what the command printed last, if that is a number
     */
    record Outcome(double millis, double awayMillis, Optional<Long> pid) {
        void describe(Map<String, Object> result) {
            result.put("restart_ms", millis);
            result.put("away_ms", awayMillis);
        }
    }

    Restart(String command, BooleanSupplier isUp, StopSignal stop) {
        this.command = command;
        this.isUp = isUp;
        this.stop = stop;
    }

    /** Blocks. Empty if it was stopped; fails if the command does, or the server does not come back in 5 minutes. */
    Optional<Outcome> run() {
        try {
            // A file, not a pipe: the new server may have inherited it and never closes it.
            Path printed = Files.createTempFile("eventsync-restart", ".log");
            try {
                return run(printed);
            } finally {
                Files.deleteIfExists(printed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Outcome> run(Path printed) throws IOException {
        long from = System.nanoTime();
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        long lost = 0;
        try {
            while (System.nanoTime() - from < MAX.toNanos()) {
                boolean hasEnded = !process.isAlive();
                boolean isAnswering = isUp.getAsBoolean();
                long now = System.nanoTime();
                lost = lost == 0 && !isAnswering ? now : lost;
                if (hasEnded && process.exitValue() != 0) {
                    throw new IllegalStateException("the restart command failed: "
                            + Files.readString(printed).strip());
                }
                if (hasEnded && isAnswering) {
                    return Optional.of(
                            new Outcome(millis(now - from), lost == 0 ? 0 : millis(now - lost), pid(printed)));
                }
                if (!stop.reaches(now + ASK_EVERY.toNanos())) {
                    return Optional.empty();
                }
            }
        } finally {
            process.destroy();
        }
        throw new IllegalStateException("the server did not answer within " + MAX.toMinutes() + " min of its restart");
    }

    private static double millis(long nanos) {
        return Tally.round(nanos / 1e6);
    }

    private static Optional<Long> pid(Path printed) throws IOException {
        List<String> lines = Files.readAllLines(printed);
        return Optional.of(lines.isEmpty() ? "" : lines.get(lines.size() - 1).strip())
                .filter(last -> last.matches("\\d{1,9}"))
                .map(Long::valueOf);
    }
}
