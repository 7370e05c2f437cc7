package io.eventsync.loadtest.history;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Small numbers for tags, of which there are few, and hashes for ids, of which there are millions. */
final class Names {

    private final ConcurrentMap<String, Integer> numbers = new ConcurrentHashMap<>();
    private final List<String> tags = new CopyOnWriteArrayList<>();

    int tagNumber(String tag) {
        Integer known = numbers.get(tag);
        return known != null ? known : numbers.computeIfAbsent(tag, this::append);
    }

    String tag(int number) {
        return tags.get(number);
    }

    int tagCount() {
        return tags.size();
    }

    // Both maps change under this lock; computeIfAbsent alone would let two tags take one number.
    private synchronized int append(String tag) {
        tags.add(tag);
        return tags.size() - 1;
    }

    /** 64 bits of FNV-1a with a final mix: two of a million ids meet with a chance of 3 in 100 million. */
    static long hash(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }
}
