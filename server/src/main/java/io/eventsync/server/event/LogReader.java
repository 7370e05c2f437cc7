package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads matching events of a stretch of the log, forward page by page. Decides itself how: from the ring in memory; by scanning
 * positions while the filter lets through more than a few per cent; else by the posting blocks, window by window, so that a page costs
 * what it returns. The end of what was looked at is the page's end also when nothing matched.
 */
final class LogReader implements Reader {
    /** Above this share of matching events a scan is cheaper than the posting blocks. */
    private static final double DENSE = 0.03;

    /** Positions looked at per page while scanning: bounds the time between two progress frames. */
    private static final int SCAN_POSITIONS_MAX = 10_000;

    /** Rows of posting blocks read per page, one for each tag and block: bounds the time between two progress frames. */
    private static final int POSTING_ROWS_MAX = 20_000;

    /** What an event is taken to cost beside its body; the statements say the same. */
    private static final long EVENT_BYTES = 100;

    private final ReadStore store;
    private final LiveTail tail;
    private final Densities densities;
    private final EventFilter filter;
    private final TagSelection selection;
    private double density = -1;

    LogReader(ReadStore store, LiveTail tail, TagDictionary tags, Densities densities, EventFilter filter) {
        this.store = store;
        this.tail = tail;
        this.densities = densities;
        this.filter = filter;
        this.selection = new TagSelection(filter, tags);
    }

    @Override
    public Future<Page> after(LogPoint start, int eventsMax, long bytesMax) {
        int history = tail.history();
        if (history < 0) {
            return Future.failedFuture(Failure.storeUnavailable(null));
        }
        return read(start, eventsMax, bytesMax)
                .compose(page -> tail.history() == history
                        ? Future.succeededFuture(page)
                        : Future.failedFuture(Failure.storeUnavailable(null)));
    }

    private Future<Page> read(LogPoint start, int eventsMax, long bytesMax) {
        LogPoint head = tail.head();
        if (start.position() >= head.position()) {
            return Future.succeededFuture(new Page(List.of(), start));
        }
        Page fromMemory = fromRing(start, head, eventsMax, bytesMax);
        if (fromMemory != null) {
            return Future.succeededFuture(fromMemory);
        }
        return measureDensity()
                .compose(v -> store.onOneConnection(client -> {
                    if (!filter.isAllTags() && selection.ids().length == 0) {
                        return endAt(client, start, head.position(), 0, List.of());
                    }
                    boolean sparse = !filter.isAllTags() && density < DENSE;
                    // Another node may have indexed what this one has not seen, with tags that it does not know.
                    long indexed = Math.min(tail.indexed(), head.position());
                    return sparse && start.position() < indexed
                            ? postings(client, start, indexed, eventsMax, bytesMax)
                            : scan(client, start, head.position(), eventsMax, bytesMax);
                }));
    }

    private @Nullable Page fromRing(LogPoint start, LogPoint head, int eventsMax, long bytesMax) {
        LogEvent before = tail.event(start.position());
        boolean isOther = before != null && !start.agreesWith(LogPoint.after(before));
        if (isOther || tail.event(start.position() + 1) == null) {
            return null;
        }
        List<LogEvent> events = new ArrayList<>();
        long bytes = 0;
        LogPoint end = start;
        long last = Math.min(head.position(), start.position() + SCAN_POSITIONS_MAX);
        for (long position = start.position() + 1; position <= last; position++) {
            LogEvent event = tail.event(position);
            if (event == null) {
                break;
            }
            end = LogPoint.after(event);
            if (filter.matches(event)) {
                events.add(event);
                bytes += event.bodyBytes() + EVENT_BYTES;
                if (events.size() >= eventsMax || bytes > bytesMax) {
                    break;
                }
            }
        }
        return end.position() == start.position() ? null : new Page(events, end);
    }

    private Future<Page> scan(SqlClient client, LogPoint start, long head, int eventsMax, long bytesMax) {
        return filter.isAllTags()
                ? scanShort(client, start, Math.min(head, start.position() + eventsMax), eventsMax, bytesMax)
                : scanRows(client, start, Math.min(head, start.position() + SCAN_POSITIONS_MAX), eventsMax, bytesMax);
    }

    /** Both questions travel together. An event of an unusual size ends the page; one that begins it is read the careful way. */
    private Future<Page> scanShort(SqlClient client, LogPoint start, long through, int eventsMax, long bytesMax) {
        Future<List<LogEvent>> rows = store.scanShort(client, start.position(), through, 2 * bytesMax / eventsMax);
        Future<ReadStore.Edge> edge = store.edge(client, through, start.position());
        return Future.all(rows, edge).compose(both -> {
            List<LogEvent> found = cut(rows.result(), bytesMax);
            if (found.isEmpty()) {
                return scanRows(client, start, through, eventsMax, bytesMax);
            }
            return page(start, found, edge.result(), LogPoint.after(found.get(found.size() - 1)));
        });
    }

    private static List<LogEvent> cut(List<LogEvent> events, long bytesMax) {
        long bytes = 0;
        for (int i = 0; i < events.size(); i++) {
            bytes += events.get(i).bodyBytes() + EVENT_BYTES;
            if (bytes > bytesMax) {
                return events.subList(0, i + 1);
            }
        }
        return events;
    }

    private Future<Page> scanRows(SqlClient client, LogPoint start, long through, int eventsMax, long bytesMax) {
        long after = start.position();
        Future<List<LogEvent>> rows = filter.isAllTags()
                ? store.scan(client, after, through, eventsMax, bytesMax)
                : store.scanTags(client, after, through, eventsMax, bytesMax, selection.ids());
        return rows.compose(found -> {
            boolean cut = found.size() >= eventsMax || bytes(found) + EVENT_BYTES > bytesMax;
            long end = cut ? found.get(found.size() - 1).position() : through;
            return endAt(client, start, end, 0, found);
        });
    }

    private Future<Page> postings(SqlClient client, LogPoint start, long indexed, int eventsMax, long bytesMax) {
        long after = start.position();
        long widest = Math.max(1, POSTING_ROWS_MAX / selection.ids().length) * (long) Blocks.SIZE;
        double wanted = 1.3 * eventsMax / Math.max(density, 1e-9);
        long window = (long) Math.min((double) widest, Math.max(Blocks.SIZE, wanted));
        long through = Math.min(indexed, after + window);
        return store.postings(client, after, through, eventsMax, selection.ids())
                .compose(postings -> {
                    if (postings.size() == 0) {
                        return endAt(client, start, through, through, List.of());
                    }
                    long end = postings.size() >= eventsMax ? postings.last() : through;
                    return postings.hasPlaces()
                            ? byPlaces(client, start, postings, end, through, bytesMax)
                            : byPositions(client, start, postings, end, through, bytesMax);
                });
    }

    /** Both questions travel together. */
    private Future<Page> byPlaces(
            SqlClient client, LogPoint start, Postings postings, long end, long indexed, long bytesMax) {
        Future<List<LogEvent>> rows = store.byPlaces(client, postings, bytesMax);
        Future<ReadStore.Edge> edge = store.edge(client, end, start.position());
        return Future.all(rows, edge).compose(both -> {
            List<LogEvent> found = rows.result();
            if (!postings.beginWith(found)) {
                store.haveMoved(postings);
                return byPositions(client, start, postings, end, indexed, bytesMax);
            }
            return found.size() == postings.size()
                    ? endAt(edge.result(), start, indexed, found)
                    : endAt(client, start, found.get(found.size() - 1).position(), indexed, found);
        });
    }

    private Future<Page> byPositions(
            SqlClient client, LogPoint start, Postings postings, long end, long indexed, long bytesMax) {
        return store.byPositions(client, postings.positions(), bytesMax).compose(found -> {
            boolean isCut = found.size() < postings.size() && !found.isEmpty();
            return endAt(client, start, isCut ? found.get(found.size() - 1).position() : end, indexed, found);
        });
    }

    /**
     * Where the page ends, after making sure that retention took nothing of it.
     *
     * @param indexed how far the index had to go for it
     */
    private Future<Page> endAt(SqlClient client, LogPoint start, long end, long indexed, List<LogEvent> found) {
        return store.edge(client, end, start.position()).compose(edge -> endAt(edge, start, indexed, found));
    }

    private Future<Page> endAt(ReadStore.Edge edge, LogPoint start, long indexed, List<LogEvent> found) {
        // A database that lost its tail, or the work on its index: the page would step over what comes there next.
        return edge.hasPoint() && edge.indexed() >= indexed
                ? page(start, found, edge, edge.point())
                : Future.failedFuture(Failure.storeUnavailable(null));
    }

    /** @param edge read after the events, on the same connection: a failover does not come between them */
    private Future<Page> page(LogPoint start, List<LogEvent> found, ReadStore.Edge edge, LogPoint end) {
        if (start.position() + 1 < edge.earliest()) {
            return Future.failedFuture(expired(start.position(), edge.earliest()));
        }
        if (!start.agreesWith(edge.start())) {
            return Future.failedFuture(foreign());
        }
        if (!edge.hasStart()) {
            return Future.failedFuture(Failure.storeUnavailable(null));
        }
        List<LogEvent> matching = filter.isByTagOnly()
                ? found
                : found.stream().filter(filter::matchesBody).toList();
        return Future.succeededFuture(new Page(matching, end));
    }

    /** Once for a reader. */
    private Future<Void> measureDensity() {
        if (density >= 0 || filter.isAllTags()) {
            return Future.succeededFuture();
        }
        return densities.of(filter, selection.ids()).map(measured -> {
            density = measured;
            return null;
        });
    }

    static Failure expired(long after, long earliest) {
        return Failure.of(Reason.CURSOR_EXPIRED, "retention has removed events after this point")
                .with("earliest_position", earliest)
                .with("missed_events", earliest - 1 - after);
    }

    static Failure foreign() {
        return Failure.of(
                Reason.CURSOR_FOREIGN,
                "the cursor belongs to a history of this log that no longer exists; the database was restored or lost its tail");
    }

    private static long bytes(List<LogEvent> events) {
        long bytes = 0;
        for (LogEvent event : events) {
            bytes += event.bodyBytes() + EVENT_BYTES;
        }
        return bytes;
    }
}
