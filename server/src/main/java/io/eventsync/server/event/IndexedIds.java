package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
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
final class IndexedIds implements IdReader.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(IndexedIds.class);
    private static final int SPAN = IdFilter.IDS;
    /** After a failure, or while there is no room. */
    private static final long REST_MILLIS = 60_000;

    /** Of every length that the last round of the hash can have, and not all ASCII. */
    private static final String[] SAMPLES = samples("0189f7e0-7e1a-7000-8000-Ünïcödé-§€");

    private final Vertx vertx;
    private final ReadStore reads;
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
    IndexedIds(Vertx vertx, ReadStore reads, IdStore store, long bytesMax) {
        this.vertx = vertx;
        this.reads = reads;
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
        if (position < earliest) {
            clear(); // a failover gave back what a partition had, and its ids may be in no filter any more
        }
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
     * @param head how far this node has seen the log; ids behind it have to be added from now on
     */
    void fill(long indexed, LogPoint head) {
        if (state != State.EMPTY) {
            return;
        }
        if (span(head.position() + 1) - span(earliest) >= spansMax) {
            restForLackOfRoom(head.position());
            return;
        }
        state = State.FILLING;
        int since = emptied;
        BooleanSupplier holds = () -> since == emptied;
        long started = System.nanoTime();
        store.onOneConnection(client -> checkHash(client)
                        .compose(v -> new IdReader(vertx, store, client, holds, this)
                                .read(earliest, indexed, head.position()))
                        .compose(v -> checkHistory(client, head)))
                .onComplete(
                        v -> {
                            if (holds.getAsBoolean()) {
                                state = State.COMPLETE;
                                saidNoRoom = false;
                                LOG.info(
                                        "filters of ids complete through_position={} bytes={} took_ms={}",
                                        head.position(),
                                        bytes,
                                        (System.nanoTime() - started) / 1_000_000);
                            }
                        },
                        e -> {
                            if (holds.getAsBoolean()) {
                                LOG.warn("filters of ids failed cause={} next=look each id up", e.getMessage());
                                rest();
                            }
                        });
    }

    private Future<Void> checkHash(SqlClient client) {
        return store.hashOf(client, SAMPLES).compose(theirs -> {
            Long[] ours = Arrays.stream(SAMPLES).map(PostgresHash::of).toArray(Long[]::new);
            return Arrays.equals(ours, theirs)
                    ? Future.succeededFuture()
                    : Future.failedFuture("this database hashes texts in a way of its own");
        });
    }

    /** What was read is of the history that this node has seen if it has the same event at the end. */
    private Future<Void> checkHistory(SqlClient client, LogPoint head) {
        return reads.edge(client, head.position(), head.position())
                .compose(edge -> head.agreesWith(edge.point())
                        ? Future.succeededFuture()
                        : Future.failedFuture("the database has another history"));
    }

    @Override
    public void hashes(int block, Buffer hashes) {
        IdFilter filter = filterOf(span(block * (long) Blocks.SIZE + 1));
        for (int at = 0; at < hashes.length(); at += Long.BYTES) {
            filter.add(hashes.getLong(at));
        }
    }

    @Override
    public void id(String id, long position) {
        add(id, position);
    }
}
