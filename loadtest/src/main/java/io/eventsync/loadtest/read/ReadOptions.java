package io.eventsync.loadtest.read;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Output;
import io.eventsync.loadtest.ServerOption;
import io.eventsync.v1.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What both readers take. */
final class ReadOptions {

    @Mixin
    ServerOption server = new ServerOption();

    @Option(
            names = "--prefix",
            paramLabel = "TAG",
            description = "Only tags that equal this or continue it by whole segments. Repeatable (default all).")
    List<String> prefixes = List.of();

    @Option(
            names = "--cursor-file",
            paramLabel = "FILE",
            description =
                    "Keeps the cursor (line 1) and the length of --out it belongs to (line 2). If it exists, reading goes"
                            + " on from there, and --out is first cut to that length.")
    @Nullable
    Path cursorFile;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where the events go, one JSON object a line (default standard output).")
    @Nullable
    Path out;

    @Option(
            names = "--until-events",
            paramLabel = "N",
            description = "End after N events. subscribe ends with the frame that reaches N.")
    long untilEvents;

    @Option(
            names = "--until-idle",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "End after this long without an event while connected.")
    Duration untilIdle = Duration.ZERO;

    @Option(
            names = "--max-seconds",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "End after this long in any case (default 1 hour).")
    Duration maxSeconds = Duration.ofHours(1);

    @Option(
            names = "--give-up-after",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "Fail when the server was away for this long (default 60s).")
    Duration giveUpAfter = Duration.ofSeconds(60);

    @Option(
            names = "--output",
            paramLabel = "text|json",
            description = "How the summary is printed, to standard error if the events go to standard output.")
    Output output = Output.TEXT;

    Filter filter() {
        return Filter.newBuilder().addAllTagPrefixes(prefixes).build();
    }

    ReadGoal goal() {
        return new ReadGoal(untilEvents, untilIdle, maxSeconds, giveUpAfter);
    }
}
