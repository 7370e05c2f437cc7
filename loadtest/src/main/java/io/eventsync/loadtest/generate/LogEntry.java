package io.eventsync.loadtest.generate;

import java.time.Instant;
import java.util.Map;

/**
 * One line of a log.
 *
 * @param service who writes it
 * @param tag what happened
 * @param user `user-17`, or empty if nobody is behind it
 * @param session the token of the user's session, or empty
 * @param fields the custom ones, always the same names
 */
record LogEntry(
        Instant time,
        Level level,
        String service,
        String tag,
        String message,
        String user,
        String session,
        Map<String, String> fields) {}
