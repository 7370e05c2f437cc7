package io.eventsync.server.event;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long the indexing of a block rests between its pieces. A quarter of the time that the block took to fill: at a few thousand
 * events a second the index then takes a tenth of a core for some seconds and not a whole one for half of one.
 */
final class IndexPace {
    /** How often eventsync.index_block rests. */
    private static final double PAUSES = 50;

    private static final long PAUSES_MILLIS_MAX = 3_000;

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

    /** @param unindexed how many events there are behind the index; it hurries once they are two blocks */
    double pauseMillis(long unindexed) {
        if (unindexed >= 2L * Blocks.SIZE) {
            return 0;
        }
        long filledMillis = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - sinceNanos);
        return Math.min(PAUSES_MILLIS_MAX, filledMillis / 4) / PAUSES;
    }
}
