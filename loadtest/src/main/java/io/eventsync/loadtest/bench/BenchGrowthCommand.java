package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.CountText;
import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.Output;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "growth",
        mixinStandardHelpOptions = true,
        description =
                "What a longer log costs: fills it to one size after the other and measures at each a page from the middle, pages"
                        + " of tags that 0.001 %%, 1 %% and 100 %% of the events have, the start of a subscription, ingest,"
                        + " memory (--server-pid) and a restart (--restart). One result a size. --warmup is before the reads and"
                        + " before the ingest, --duration that of the ingest.",
        footer = {
            "",
            "Times of reads are medians of 11. Filtered pages are read from the beginning to 1,000 events or the head, in as",
            "many calls as that takes. Ingest adds events of its own; each result says how long the log was before.",
            "A log that is longer already is measured as it is.",
            "The restart command ends when the old server is gone; the time is up to the first answer after it. If the last",
            "line that it prints is a number, that is the new server's process.",
            "",
            "Examples:",
            "  bench growth --events 10k,1M --server-pid 4711",
            "  bench growth --events 10k,1M,10M --restart 'systemctl restart eventsync' --output json > growth.jsonl"
        })
final class BenchGrowthCommand implements Callable<Integer> {

    private static final long EVENTS_MAX = 1_000_000_000;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Option(
            names = "--events",
            split = ",",
            converter = CountText.class,
            paramLabel = "N",
            description = "Sizes of the log, each larger than the one before (default 10k,1M).")
    List<Long> sizes = List.of(10_000L, 1_000_000L);

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Bytes of the JSON payload of an event (default 256).")
    int size = 256;

    @Option(
            names = "--settle",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "Rest after filling, while the server indexes what it got (default 3s).")
    Duration settle = Duration.ofSeconds(3);

    @Option(names = "--restart", paramLabel = "COMMAND", description = "Restarts the server; run by sh.")
    @Nullable
    String restart;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        requireAscending();
        LoadOptions load = new LoadOptions();
        load.size = size;
        PrintWriter out = spec.commandLine().getOut();
        try (GrowthRun run = new GrowthRun(common, load, settle, restart);
                Interruption interruption = Interruption.stopping(run::stop)) {
            return measure(run, out);
        } catch (RuntimeException e) {
            out.println("cannot measure " + common.server.target() + ": " + Edge.describe(e));
            out.flush();
            return 1;
        }
    }

    /** A size that Ctrl-C cuts short is not printed. */
    private int measure(GrowthRun run, PrintWriter out) {
        GrowthTable table = new GrowthTable(out);
        boolean isText = common.output.format() == Output.TEXT;
        int exitCode = 0;
        for (int i = 0; i < sizes.size(); i++) {
            Optional<Map<String, Object>> result = run.measureAt(sizes.get(i));
            if (result.isEmpty()) {
                return i == 0 ? 1 : exitCode;
            }
            if (isText && i == 0) {
                table.head();
            }
            if (isText) {
                table.row(result.get());
            } else {
                common.output.print(result.get(), out);
            }
            exitCode = Math.max(exitCode, BenchLoad.exitCode(result.get()));
        }
        return exitCode;
    }

    private void requireAscending() {
        long before = 0;
        for (long events : sizes) {
            if (events <= before || events > EVENTS_MAX) {
                throw new ParameterException(
                        spec.commandLine(), "--events has to ascend, from 1 to " + EVENTS_MAX + " at most.");
            }
            before = events;
        }
    }
}
