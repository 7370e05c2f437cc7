package io.eventsync.server.event;

import java.util.OptionalLong;

/** What the log holds. Times are microseconds since 1970. */
public record LogInfo(
        long earliest,
        LogPoint head,
        long indexed,
        long bytes,
        long tags,
        OptionalLong earliestMicros,
        OptionalLong headMicros) {}
