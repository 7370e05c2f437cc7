package io.eventsync.server.event;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ids at positions that are not in the key index yet. Together with the index and the search of the log's tail under the append
 * lock this makes deduplication exact. Bounded by how far the indexer is behind. Belongs to the log's context.
 */
final class RecentIds {
    private final TreeMap<Long, Map<String, Long>> byBlock = new TreeMap<>();

    void add(String id, long position) {
        byBlock.computeIfAbsent(Blocks.of(position), b -> new HashMap<>()).put(id, position);
    }

    @Nullable
    Long find(String id) {
        for (Map<String, Long> block : byBlock.values()) {
            Long position = block.get(id);
            if (position != null) {
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
}
