package io.eventsync.loadtest;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Option;

/** How every command prints its results. */
public final class OutputOption {

    @Option(
            names = "--output",
            paramLabel = "text|json",
            description = "text for people, json for one object a line (default text).")
    private Output output = Output.TEXT;

    public void print(Map<String, Object> result, PrintWriter out) {
        output.print(result, out);
    }

    public Output format() {
        return output;
    }
}
