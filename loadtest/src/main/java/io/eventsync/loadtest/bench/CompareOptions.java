package io.eventsync.loadtest.bench;

import picocli.CommandLine.Option;

/** Whether to measure a yardstick beside the target. */
final class CompareOptions {
    @Option(
            names = "--compare",
            description =
                    "Measure a no-op echo server (see bench echo) and the target in turn, and print the ratio of the"
                            + " medians.")
    boolean isComparing;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "When two are measured in turn: how often each (default 2).")
    int rounds = 2;
}
