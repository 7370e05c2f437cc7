package io.eventsync.server.delivery;

import java.util.function.LongSupplier;

/**
 * Two clocks: one that counts milliseconds and never jumps, for waiting; and the database's, carried on from its last answer by the
 * first, for what goes on record. All nodes of a database so write the same time, whatever their own clocks say.
 */
final class SteadyClock {
    private final LongSupplier nanos;
    private long databaseMicros;
    private long atNanos;

    SteadyClock(LongSupplier nanos) {
        this.nanos = nanos;
        this.atNanos = nanos.getAsLong();
    }

    long millis() {
        return Math.floorDiv(nanos.getAsLong(), 1_000_000L);
    }

    /** The database said that it is this time now. */
    void set(long micros) {
        databaseMicros = micros;
        atNanos = nanos.getAsLong();
    }

    long databaseMicros() {
        return databaseMicros + (nanos.getAsLong() - atNanos) / 1_000;
    }
}
