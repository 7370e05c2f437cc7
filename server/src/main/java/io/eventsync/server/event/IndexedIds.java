package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows of nearly every new id that the key index does not have it, without a look at the disk: a filter in memory for each span of positions.
 * Empty until somebody has to ask the index; then filled from it, while what comes behind is added. As long as not every id from the earliest
 * position on is in a filter, each may be in the index. Belongs to the log's context.
 */
final class IndexedIds {
    private static final Logger LOG = LoggerFactory.getLogger(IndexedIds.class);
    private static final int SPAN = IdFilter.IDS;
    /** After a failure, or while there is no room. */
    private static final long REST_MILLIS = 60_000;

    /** Of every length that the last round of the hash can have, and not all ASCII. */
    private static final String[] SAMPLES = samples("0189f7e0-7e1a-7000-8000-Ünïcödé-§€");

    private final Vertx vertx;
    private final IdStore store;
    private final int spansMax;
    private final TreeMap<Long, IdFilter> filters = new TreeMap<>();
    private State state = State.EMPTY;
    /** How often they have been emptied: a filling that began before is given up. */
    private int emptied;

    private boolean saidNoRoom;
    private long earliest = 1;
    private volatile long bytes;

    private enum State {
        EMPTY,
        FILLING,
        COMPLETE,
        /** Empty, and not to be filled for a while. */
        RESTING
    }

    /** @param bytesMax memory that the filters may take; nothing is kept if they do not fit */
    IndexedIds(Vertx vertx, IdStore store, long bytesMax) {
        this.vertx = vertx;
        this.store = store;
        this.spansMax = (int) Math.min(bytesMax / IdFilter.BYTES, Integer.MAX_VALUE);
    }

    private static String[] samples(String text) {
        return IntStream.rangeClosed(0, text.length())
                .mapToObj(length -> text.substring(0, length))
                .toArray(String[]::new);
    }

    /** False: the index does not have this id at any position that this node has seen. */
    boolean mayHave(String id) {
        if (state != State.COMPLETE) {
            return true;
        }
        long hash = PostgresHash.of(id);
        for (IdFilter filter : filters.values()) {
            if (filter.mayHave(hash)) {
                return true;
            }
        }
        return false;
    }

    /** Memory of the filters. Any thread. */
    long bytes() {
        return bytes;
    }

    /** Takes the id at a position that this node has seen. Every one after those that {@link #fill} was told of. */
    void add(String id, long position) {
        if (state != State.FILLING && state != State.COMPLETE) {
            return;
        }
        filterOf(span(position)).add(PostgresHash.of(id));
        if (filters.size() > spansMax) {
            restForLackOfRoom(position);
        }
    }

    private IdFilter filterOf(long span) {
        IdFilter filter = filters.get(span);
        if (filter == null) {
            filter = new IdFilter();
            filters.put(span, filter);
            bytes = (long) filters.size() * IdFilter.BYTES;
        }
        return filter;
    }

    private static long span(long position) {
        return (position - 1) / SPAN;
    }

    /** Retention has taken what is before this. */
    void expireBefore(long position) {
        earliest = position;
        if (!filters.isEmpty() && filters.firstKey() < span(position)) {
            filters.headMap(span(position)).clear();
            bytes = (long) filters.size() * IdFilter.BYTES;
        }
    }

    /** What was seen does not hold any more. */
    void clear() {
        empty();
        state = State.EMPTY;
    }

    private void empty() {
        emptied++;
        filters.clear();
        bytes = 0;
    }

    private void restForLackOfRoom(long position) {
        if (!saidNoRoom) {
            saidNoRoom = true;
            LOG.info(
                    "no room for filters of ids in log.id-filter-bytes-max position={} next=look each id up", position);
        }
        rest();
    }

    private void rest() {
        empty();
        state = State.RESTING;
        int since = emptied;
        vertx.setTimer(REST_MILLIS, t -> {
            if (since == emptied) {
                state = State.EMPTY;
            }
        });
    }

    /**
     * Begins to fill the filters, unless that is done, under way or has just failed.
     *
     * @param indexed how far the key index reaches
     * @param position how far this node has seen the log; ids after it have to be added from now on
     */
    void fill(long indexed, long position) {
        if (state != State.EMPTY) {
            return;
        }
        if (span(position + 1) - span(earliest) >= spansMax) {
            restForLackOfRoom(position);
            return;
        }
        state = State.FILLING;
        int since = emptied;
        BooleanSupplier holds = () -> since == emptied;
        long started = System.nanoTime();
        checkHash()
                .compose(v -> new HashReader(vertx, store, holds, this::take).read(earliest, indexed))
                .compose(v -> store.eachId(indexed, position, (id, at) -> {
                    if (holds.getAsBoolean()) {
                        add(id, at);
                    }
                }))
                .onComplete(
                        v -> {
                            if (holds.getAsBoolean()) {
                                state = State.COMPLETE;
                                saidNoRoom = false;
                                LOG.info(
                                        "filters of ids complete through_position={} bytes={} took_ms={}",
                                        position,
                                        bytes,
                                        (System.nanoTime() - started) / 1_000_000);
                            }
                        },
                        e -> {
                            LOG.warn("filters of ids failed cause={} next=look each id up", e.getMessage());
                            if (holds.getAsBoolean()) {
                                rest();
                            }
                        });
    }

    private Future<Void> checkHash() {
        return store.hashOf(SAMPLES).compose(theirs -> {
            Long[] ours = Arrays.stream(SAMPLES).map(PostgresHash::of).toArray(Long[]::new);
            return Arrays.equals(ours, theirs)
                    ? Future.succeededFuture()
                    : Future.failedFuture("this database hashes texts in a way of its own");
        });
    }

    private void take(IdStore.Hashes hashes) {
        IdFilter filter = filterOf(span(hashes.block() * (long) Blocks.SIZE + 1));
        Buffer bytes = hashes.bytes();
        for (int at = 0; at < bytes.length(); at += Long.BYTES) {
            filter.add(bytes.getLong(at));
        }
    }
}
