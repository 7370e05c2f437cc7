package io.eventsync.server.event;

/**
 * Ids that were seen, by their hashes: a split block Bloom filter as Apache Parquet specifies it. Never denies an id that it was given; of
 * others it takes one in a thousand for known once it is full. Touches one cache line an id. Not for several threads.
 */
final class IdFilter {
    /** Ids it is made for. */
    static final int IDS = 1 << 22;

    private static final int BLOCKS = IDS / 16;
    private static final int BLOCK_WORDS = 8;
    static final int BYTES = BLOCKS * BLOCK_WORDS * Integer.BYTES;

    private static final int[] SALT = {
        0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31
    };

    private final int[] words = new int[BLOCKS * BLOCK_WORDS];

    void add(long hash) {
        int block = block(hash);
        for (int i = 0; i < BLOCK_WORDS; i++) {
            words[block + i] |= bit(hash, i);
        }
    }

    /** False: it was certainly not added. */
    boolean mayHave(long hash) {
        int block = block(hash);
        for (int i = 0; i < BLOCK_WORDS; i++) {
            if ((words[block + i] & bit(hash, i)) == 0) {
                return false;
            }
        }
        return true;
    }

    private static int block(long hash) {
        return (int) (((hash >>> 32) * BLOCKS) >>> 32) * BLOCK_WORDS;
    }

    private static int bit(long hash, int word) {
        return 1 << (((int) hash * SALT[word]) >>> 27);
    }
}
