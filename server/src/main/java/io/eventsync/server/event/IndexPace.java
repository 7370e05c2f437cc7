package io.eventsync.server.event;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long the indexing of a block rests between its pieces: a quarter of the time since the one before, so that at a few thousand
 * events a second it leaves the cores to what waits.
 */
final class IndexPace {
    /** How often eventsync.index_block rests. */
    private static final double RESTS = 49;

    /**
     * In all. The transaction lasts as much longer, and detaching a partition waits for it, with a limit of three seconds; a migration
     * may, with one of two.
     */
    private static final long RESTS_MILLIS_MAX = 1_000;

    private final LongSupplier nanoTime;
    private long through;
    private long sinceNanos;

    IndexPace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.sinceNanos = nanoTime.getAsLong();
    }

    /** Where the index ends, whichever node brought it there; call it in each round. */
    void indexedThrough(long position) {
        if (position != through) {
            through = position;
            sinceNanos = nanoTime.getAsLong();
        }
    }

    /** @param unindexed how many events there are behind the index; with two blocks of them it hurries */
    double pauseMillis(long unindexed) {
        if (unindexed >= 2L * Blocks.SIZE) {
            return 0;
        }
        long sinceMillis = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - sinceNanos);
        return Math.min(RESTS_MILLIS_MAX, sinceMillis / 4) / RESTS;
    }
}
