package io.eventsync.server.event;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where events with some tags stand, by the tag index, in the order of the log.
 *
 * @param hasPlaces whether it is known where all of their rows are, which then is in one partition
 * @param partition of the tag index, by Postgres' number, that the first is in
 */
record Postings(List<Posting> postings, boolean hasPlaces, long partition) {
    static final Postings NONE = new Postings(List.of(), false, 0);

    /** Of an array as Postgres sends it: dimensions, whether there are nulls, type, length and lower bound, four bytes each. */
    private static final int ARRAY_HEADER = 20;
    /** Four bytes for its length, four for the page, two for the number on it. */
    private static final int TID = 10;

    /** @param place of its row in the partition's table, page and number on it; -1 if it is not known */
    record Posting(long position, long place, long partition) {}

    /**
     * A row of the index: the events of a block of the log with one tag.
     *
     * @param places as the binary form of {@code tid[]}, one for each offset; null if they are not kept
     */
    record Block(int number, List<Short> offsets, @Nullable Buffer places, long partition) {
        long position(int i) {
            return ((long) number << 16) + offsets.get(i) + 32_769;
        }

        long place(int i) {
            if (places == null) {
                return -1;
            }
            int at = ARRAY_HEADER + i * TID + 4;
            return places.getUnsignedInt(at) << 16 | places.getUnsignedShort(at + 4);
        }
    }

    /** The first of these, within {@code (after, through]}. */
    static Postings of(List<Block> blocks, long after, long through, int max) {
        List<Posting> all = new ArrayList<>();
        for (Block block : blocks) {
            for (int i = 0; i < block.offsets().size(); i++) {
                long position = block.position(i);
                if (position > after && position <= through) {
                    all.add(new Posting(position, block.place(i), block.partition()));
                }
            }
        }
        if (all.isEmpty()) {
            return NONE;
        }
        all.sort(Comparator.comparingLong(Posting::position));
        List<Posting> first = List.copyOf(all.subList(0, Math.min(max, all.size())));
        long partition = first.get(0).partition();
        boolean hasPlaces =
                first.stream().allMatch(posting -> posting.place() >= 0 && posting.partition() == partition);
        return new Postings(first, hasPlaces, partition);
    }

    Postings withoutPlaces() {
        return new Postings(postings, false, partition);
    }

    int size() {
        return postings.size();
    }

    long first() {
        return postings.get(0).position();
    }

    long last() {
        return postings.get(postings.size() - 1).position();
    }

    Long[] positions() {
        return postings.stream().map(Posting::position).toArray(Long[]::new);
    }

    /** As the text of a {@code tid[]}. */
    String places() {
        return postings.stream()
                .map(posting -> "\"(" + (posting.place() >>> 16) + "," + (posting.place() & 0xFFFF) + ")\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** Whether these are the first of the events meant, or all of them. */
    boolean beginWith(List<LogEvent> found) {
        if (found.isEmpty() || found.size() > postings.size()) {
            return false;
        }
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i).position() != postings.get(i).position()) {
                return false;
            }
        }
        return true;
    }
}
