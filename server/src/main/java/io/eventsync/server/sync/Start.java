package io.eventsync.server.sync;

/** Where a reader wants to begin; always exclusive. */
public sealed interface Start {
    /** Before the earliest event that is kept. */
    record Beginning() implements Start {}

    /** After the newest durable event. */
    record Now() implements Start {}

    record AtCursor(String cursor) implements Start {}

    record AfterPosition(long position) implements Start {}

    /** Before the first event with an ingest time at or after this, in microseconds since 1970. */
    record AtTime(long micros) implements Start {}

    /** At the committed cursor of a consumer. */
    record OfConsumer(String name) implements Start {}
}
