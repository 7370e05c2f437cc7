package io.eventsync.loadtest.generate;

import java.io.PrintWriter;
import java.util.Map;

/** Standard output. */
final class ConsoleSink implements Sink {

    private final LineFormat format;
    private final PrintWriter out;

    ConsoleSink(LineFormat format, PrintWriter out) {
        this.format = format;
        this.out = out;
        out.print(format.header());
    }

    @Override
    public void write(LogEntry entry) {
        out.print(format.line(entry));
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void describe(Map<String, Object> result) {
        // The lines themselves are there to be seen.
    }

    @Override
    public void close() {
        out.flush();
    }
}
