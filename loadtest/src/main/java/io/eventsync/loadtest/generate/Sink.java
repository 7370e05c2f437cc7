package io.eventsync.loadtest.generate;

import java.util.Map;

/** Where entries go. Used from one thread. */
interface Sink extends AutoCloseable {

    void write(LogEntry entry);

    /** Nothing comes for a moment: what was held back goes out. */
    void flush();

    /** What became of the entries, after the end. */
    void describe(Map<String, Object> result);

    @Override
    void close();
}
