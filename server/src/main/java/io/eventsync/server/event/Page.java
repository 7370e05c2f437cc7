package io.eventsync.server.event;

import java.util.List;

/**
 * Matching events of a stretch of the log.
 *
 * @param events in the order of reading
 * @param end everything up to here was looked at
 */
public record Page(List<LogEvent> events, LogPoint end) {
    /** Room for what an answer holds beside its events. */
    private static final long ANSWER_BYTES = 1_024;
    /** Before each event: the number of its field and its length. */
    private static final int PREFIX_BYTES = 6;

    /** As much of it as an answer of this size holds, but never less than one event. */
    public Page cutTo(long answerBytes) {
        long bytes = ANSWER_BYTES;
        for (int i = 0; i < events.size(); i++) {
            bytes += events.get(i).wire().length + PREFIX_BYTES;
            if (bytes > answerBytes && i > 0) {
                return new Page(events.subList(0, i), LogPoint.after(events.get(i - 1)));
            }
        }
        return this;
    }
}
