package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.util.List;

/** Reads matching events newest first, for people. The same choice between scanning and posting blocks as {@link LogReader}. */
final class BackReader {
    private static final int SCAN_POSITIONS_MAX = 50_000;
    private static final long POSTING_POSITIONS_MAX = 256L * Blocks.SIZE;
    private static final double DENSE = 0.03;
    private static final long BYTES_MAX = 4 << 20;

    private final ReadStore store;
    private final LiveTail tail;
    private final EventFilter filter;
    private final TagSelection selection;

    BackReader(ReadStore store, LiveTail tail, TagDictionary tags, EventFilter filter) {
        this.store = store;
        this.tail = tail;
        this.filter = filter;
        this.selection = new TagSelection(filter, tags);
    }

    /** Matching events before a position, newest first; the page's end is the oldest position looked at. */
    Future<Page> before(long before, int eventsMax) {
        return read(before, eventsMax).map(page -> page.cutTo(BYTES_MAX));
    }

    private Future<Page> read(long before, int eventsMax) {
        long earliest = tail.earliest();
        if (before <= earliest) {
            return Future.succeededFuture(new Page(List.of(), new LogPoint(earliest, 0)));
        }
        Integer[] ids = selection.ids();
        if (filter.isAllTags()) {
            return store.onOneConnection(client -> scan(client, before, eventsMax, ids));
        }
        return store.matchingEvents(ids)
                .compose(matching -> store.onOneConnection(client -> {
                    long indexed = tail.indexed();
                    boolean sparse = matching < DENSE * (indexed - earliest + 1);
                    return sparse && before <= indexed + 1
                            ? postings(client, before, eventsMax, ids)
                            : scan(client, before, eventsMax, ids);
                }));
    }

    private Future<Page> scan(SqlClient client, long before, int eventsMax, Integer[] ids) {
        long window = filter.isAllTags() ? eventsMax : SCAN_POSITIONS_MAX;
        long from = Math.max(tail.earliest(), before - window);
        Future<List<LogEvent>> rows = filter.isAllTags()
                ? store.scanBack(client, from, before, eventsMax, BYTES_MAX)
                : store.scanBackTags(client, from, before, eventsMax, BYTES_MAX, ids);
        return rows.map(found -> page(found, found.size() >= eventsMax || bytes(found) + 100 > BYTES_MAX, from));
    }

    private Future<Page> postings(SqlClient client, long before, int eventsMax, Integer[] ids) {
        long from = Math.max(tail.earliest(), before - POSTING_POSITIONS_MAX);
        return store.postingsBack(client, from, before, eventsMax, ids).compose(positions -> {
            if (positions.length == 0) {
                return Future.succeededFuture(page(List.of(), false, from));
            }
            return store.byPositionsBack(client, positions, BYTES_MAX)
                    .map(found -> page(found, positions.length >= eventsMax || found.size() < positions.length, from));
        });
    }

    private Page page(List<LogEvent> found, boolean cut, long from) {
        long end = cut && !found.isEmpty() ? found.get(found.size() - 1).position() : from;
        List<LogEvent> matching = filter.isByTagOnly()
                ? found
                : found.stream().filter(filter::matchesBody).toList();
        return new Page(matching, new LogPoint(end, 0));
    }

    private static long bytes(List<LogEvent> events) {
        return events.stream().mapToLong(e -> e.bodyBytes() + 100L).sum();
    }
}
