package io.eventsync.server.event;

import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The ids at positions that are not in the key index yet. Together with the index and the search of the log's tail under the append
 * lock this makes deduplication exact. Holds 64-bit hashes, not texts: a hit is a suspicion, and whoever gets one compares with the
 * log. Bounded by how far the indexer may be behind, at 32 bytes an id. Belongs to the log's context.
 */
final class RecentIds {
    static final int BLOCK_BYTES = 2 * Block.SIZE * Long.BYTES;

    /** Secret, so that nobody can make ids that collide. */
    private final long seed = ThreadLocalRandom.current().nextLong() | 1;

    private final TreeMap<Long, Block> byBlock = new TreeMap<>();

    /** One block's ids: a hash table with open addressing, at most half full. */
    private static final class Block {
        private static final int SIZE = 2 * Blocks.SIZE;
        private final long[] hashes = new long[SIZE];
        private final long[] positions = new long[SIZE];

        void put(long hash, long position) {
            int slot = slot(hash);
            while (positions[slot] != 0 && positions[slot] != position) {
                slot = (slot + 1) & (SIZE - 1);
            }
            hashes[slot] = hash;
            positions[slot] = position;
        }

        long find(long hash) {
            int slot = slot(hash);
            while (positions[slot] != 0) {
                if (hashes[slot] == hash) {
                    return positions[slot];
                }
                slot = (slot + 1) & (SIZE - 1);
            }
            return 0;
        }

        private static int slot(long hash) {
            return (int) (hash >>> 40) & (SIZE - 1);
        }
    }

    void add(String id, long position) {
        byBlock.computeIfAbsent(Blocks.of(position), b -> new Block()).put(hash(id), position);
    }

    /** A position where this id very likely stands; nothing if it stands at none. */
    @Nullable
    Long find(String id) {
        long hash = hash(id);
        for (Block block : byBlock.values()) {
            long position = block.find(hash);
            if (position != 0) {
                return position;
            }
        }
        return null;
    }

    /** Forgets what the index has. Call only after the index committed: from then on every search of it finds these ids. */
    void forgetThrough(long indexed) {
        byBlock.headMap(Blocks.of(indexed + 1)).clear();
    }

    void clear() {
        byBlock.clear();
    }

    private long hash(String id) {
        long hash = seed;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return hash * seed;
    }
}
