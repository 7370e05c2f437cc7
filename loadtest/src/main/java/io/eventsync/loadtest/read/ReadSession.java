package io.eventsync.loadtest.read;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.vertx.core.Future;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Waits at the command line's edge until a reader is done, and prints what came. */
final class ReadSession {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private ReadSession() {}

    static int await(
            ReadOptions options,
            OutFile file,
            Future<Void> finished,
            Runnable finish,
            IntSupplier reconnects,
            CommandSpec spec) {
        long started = System.nanoTime();
        try (Interruption interruption = Interruption.stopping(finish)) {
            Edge.awaitOrElapse(finished, options.maxSeconds.plus(GRACE));
            Throwable failure = finished.cause();
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("events", file.eventCount());
            result.put("reconnects", reconnects.getAsInt());
            result.put("seconds", Math.round((System.nanoTime() - started) / 1e6) / 1e3);
            result.put("cursor", file.cursor());
            result.put("failure", failure == null ? "" : Edge.describe(failure));
            options.output.print(result, summaryWriter(options, spec));
            return exitCode(options, file, failure);
        }
    }

    private static PrintWriter summaryWriter(ReadOptions options, CommandSpec spec) {
        return options.out == null
                ? spec.commandLine().getErr()
                : spec.commandLine().getOut();
    }

    /** A number of events that was asked for and did not come is a failure too. */
    private static int exitCode(ReadOptions options, OutFile file, @Nullable Throwable failure) {
        return failure != null || file.eventCount() < options.untilEvents ? 1 : 0;
    }
}
