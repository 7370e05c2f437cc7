package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.upkeep.Upkeep;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log as the rest of the server sees it: append, read, follow. Any thread may call; nothing outside this package knows how events
 * are stored.
 */
public final class EventLog implements ReadableLog {
    private static final long POLL_ALONE_MILLIS = 1_000;
    private static final long INDEX_MILLIS = 250;
    private static final long INDEX_IDLE_MILLIS = 1_000;
    private static final long PARTITION_MILLIS = 1_000;
    private static final long TRIM_MILLIS = 30_000;
    private static final long RETENTION_MILLIS = 60_000;
    private static final long PARTITIONS_AHEAD = 2_000_000;

    private final LogConfig config;
    private final ReadStore reads;
    private final UpkeepStore upkeep;
    private final TagStore tagStore;
    private final TagDictionary tags;
    private final LiveTail tail;
    private final Densities densities;
    private final Appender appender;
    private final TailSignal signal;
    private final Retention retention;
    private final IndexPace indexPace = new IndexPace(System::nanoTime);
    private final List<Upkeep> rounds;
    private UUID logId = new UUID(0, 0);
    private long coveredThrough;

    private EventLog(
            Vertx vertx,
            Context context,
            Pool pool,
            Pool promptPool,
            PgConnectOptions options,
            LogConfig config,
            MeterRegistry meters) {
        this.config = config;
        this.tagStore = new TagStore(pool);
        this.tags = new TagDictionary(tagStore, config.tagsMax());
        this.reads = new ReadStore(pool, tags);
        this.upkeep = new UpkeepStore(pool);
        IdStore ids = new IdStore(pool);
        RecentIds recentIds = new RecentIds();
        IndexedIds indexedIds = new IndexedIds(vertx, reads, ids, config.idFilterBytesMax());
        this.tail = new LiveTail(vertx, config, new ReadStore(promptPool, tags), tags, ids, recentIds, indexedIds);
        this.densities = new Densities(reads, tail);
        this.signal = new TailSignal(vertx, options, config.notifyInterval().toMillis(), tail::hinted);
        this.appender = new Appender(
                vertx,
                context,
                config,
                options,
                tags,
                recentIds,
                indexedIds,
                tail,
                new DuplicateCheck(reads),
                signal::isAlone,
                meters);
        gauge(
                meters,
                "eventsync.log.head.position",
                "Position of the last event that this node knows of",
                () -> tail.head().position());
        gauge(
                meters,
                "eventsync.log.earliest.position",
                "Position of the first event that retention has left",
                tail::earliest);
        gauge(meters, "eventsync.log.indexed.position", "Position up to which ids and tags are indexed", tail::indexed);
        gauge(
                meters,
                "eventsync.log.id.filter.bytes",
                "Memory that says which ids the index does not have; 0 while each one is looked up",
                indexedIds::bytes);
        this.retention = new Retention(upkeep, config.retentionAge(), config.retentionBytes());
        this.rounds = List.of(
                new Upkeep(vertx, "poll", this::pollMillis, () -> tail.poll().map(v -> false)),
                new Upkeep(vertx, "partitions", PARTITION_MILLIS, this::ensurePartitions),
                new Upkeep(vertx, "index", this::indexMillis, this::index),
                new Upkeep(vertx, "trim", TRIM_MILLIS, () -> upkeep.trimMarks().map(v -> false)),
                new Upkeep(
                        vertx,
                        "retention",
                        RETENTION_MILLIS,
                        () -> retention.isOn() ? retention.round() : Future.succeededFuture(false)));
    }

    private static void gauge(MeterRegistry meters, String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(meters);
    }

    /**
     * Opens the log on a migrated database. The calling context becomes the log's own.
     *
     * @param promptPool for what all readers wait for: where the log stands and what other nodes wrote
     */
    public static Future<EventLog> open(
            Vertx vertx, Pool pool, Pool promptPool, PgConnectOptions options, LogConfig config, MeterRegistry meters) {
        EventLog log = new EventLog(vertx, vertx.getOrCreateContext(), pool, promptPool, options, config, meters);
        return log.open();
    }

    private Future<EventLog> open() {
        return reads.logId()
                .map(id -> logId = id)
                .compose(v -> tail.open())
                .compose(v -> ensurePartitions())
                .compose(v -> appender.open())
                .compose(v -> signal.open())
                .map(v -> {
                    tail.subscribe(Vertx.currentContext(), new TailListener() {
                        @Override
                        public void advanced() {
                            signal.advanced();
                        }

                        @Override
                        public void regressed() {
                            coveredThrough = 0;
                        }
                    });
                    rounds.forEach(Upkeep::start);
                    return this;
                });
    }

    private long pollMillis() {
        long millis = config.pollInterval().toMillis();
        return signal.isAlone() ? Math.max(POLL_ALONE_MILLIS, millis) : millis;
    }

    private Future<Boolean> ensurePartitions() {
        long size = config.partitionEvents();
        long ahead = Math.max(size / 2, Math.min(PARTITIONS_AHEAD, 4 * size));
        if (tail.position() + ahead / 2 <= coveredThrough) {
            return Future.succeededFuture(false);
        }
        return upkeep.ensurePartitions(tail.position() + ahead, size).map(covered -> {
            coveredThrough = covered;
            return false;
        });
    }

    private long indexMillis() {
        return unindexed() < Blocks.SIZE / 4 ? INDEX_IDLE_MILLIS : INDEX_MILLIS;
    }

    private long unindexed() {
        return tail.position() - tail.indexed();
    }

    private Future<Boolean> index() {
        indexPace.indexedThrough(tail.indexed());
        if (unindexed() < Blocks.SIZE) {
            return Future.succeededFuture(false);
        }
        int history = tail.history();
        return upkeep.indexBlock(indexPace.pauseMillis(unindexed()))
                .onFailure(e -> coveredThrough = 0) // it may lack a partition, which the next round then makes
                .map(indexed -> {
                    if (history >= 0 && history == tail.history()) {
                        indexed.ifPresent(now -> tail.indexedThrough(now.through(), now.idMillis()));
                    }
                    return indexed.isPresent();
                });
    }

    /** Names the log; the same for all its nodes and for ever. */
    public UUID id() {
        return logId;
    }

    /**
     * Appends events as one unit: all or none, at contiguous positions, except those that the log has already.
     *
     * @param events at least one
     * @return answers on the calling context when all are on disk; fails with EVENT_ID_REUSED, OVERLOADED, LIMIT_REACHED, DISK_LOW or
     *     STORE_UNAVAILABLE, and then, but for the last, nothing was stored
     */
    public Future<List<Appended>> append(List<NewEvent> events) {
        return appender.append(events, null);
    }

    /** Does what {@link #append} does, after what was appended in the same session before; see {@link #ensureTags}. */
    public Future<List<Appended>> appendInOrder(List<NewEvent> events, Object session) {
        return appender.append(events, session);
    }

    /** Refuses appends with DISK_LOW while this says so; it is asked by any thread, at every append. */
    public void refuseWhileDiskIsLow(BooleanSupplier says) {
        appender.refuseWhileDiskIsLow(says);
    }

    /** Prepares an append: one in a session keeps its place only if its tags are known when it is made. */
    public Future<Void> ensureTags(List<NewEvent> events) {
        return stored(appender.ensureTags(events));
    }

    @Override
    public LogPoint head() {
        return tail.head();
    }

    /** The first position that is kept. */
    public long earliest() {
        return tail.earliest();
    }

    @Override
    public @Nullable LogEvent recent(long position) {
        return tail.event(position);
    }

    @Override
    public Reader reader(EventFilter filter) {
        LogReader reader = new LogReader(reads, tail, tags, densities, filter);
        return (start, eventsMax, bytesMax) -> stored(reader.after(start, eventsMax, bytesMax));
    }

    /** Matching events before a position, newest first; the page's end is the oldest position looked at. */
    public Future<Page> before(long position, EventFilter filter, int eventsMax) {
        return stored(new BackReader(reads, tail, tags, filter).before(position, eventsMax));
    }

    @Override
    public void subscribe(Context context, TailListener listener) {
        tail.subscribe(context, listener);
    }

    @Override
    public void unsubscribe(TailListener listener) {
        tail.unsubscribe(listener);
    }

    @Override
    public Future<LogPoint> point(long position) {
        return within(position).compose(v -> {
            LogPoint head = head();
            if (position == head.position() && (head.fingerprint() != 0 || position == 0)) {
                return Future.succeededFuture(head);
            }
            LogEvent recent = tail.event(position);
            if (recent != null) {
                return Future.succeededFuture(LogPoint.after(recent));
            }
            return position == 0
                    ? Future.succeededFuture(LogPoint.BEGINNING)
                    : stored(reads.edge(position))
                            .compose(edge -> edge.hasPoint()
                                    ? Future.succeededFuture(edge.point())
                                    : Future.failedFuture(Failure.storeUnavailable(null)));
        });
    }

    @Override
    public Future<LogPoint> verify(LogPoint given) {
        return point(given.position())
                .compose(actual -> given.agreesWith(actual)
                        ? Future.succeededFuture(actual)
                        : Future.failedFuture(LogReader.foreign()));
    }

    private Future<Void> within(long position) {
        if (position < earliest() - 1) {
            return Future.failedFuture(LogReader.expired(position, earliest()));
        }
        if (position <= head().position()) {
            return Future.succeededFuture();
        }
        // Another node may have given it out a moment ago.
        return stored(reads.head(0))
                .compose(now -> position <= now.position()
                        ? catchUp(position)
                        : Future.failedFuture(
                                Failure.of(Reason.CURSOR_AHEAD, "the position lies beyond the head of the log")
                                        .with("head_position", now.position())));
    }

    /** Waits until this node has seen a position that is durable. */
    private Future<Void> catchUp(long position) {
        return tail.position() >= position ? Future.succeededFuture() : tail.reached(position);
    }

    @Override
    public Future<LogPoint> pointBefore(long micros) {
        return stored(reads.positionAt(micros, earliest(), head().position())).compose(first -> point(first - 1));
    }

    @Override
    public LogPoint beginning() {
        return new LogPoint(earliest() - 1, 0);
    }

    public Future<Optional<LogEvent>> byId(String id) {
        if (id.indexOf('\0') >= 0) {
            return Future.succeededFuture(Optional.empty()); // Postgres takes it for an error
        }
        return stored(reads.positionOf(id, head().position()))
                .compose(position ->
                        position.isPresent() ? byPosition(position.get()) : Future.succeededFuture(Optional.empty()));
    }

    public Future<Optional<LogEvent>> byPosition(long position) {
        LogEvent recent = tail.event(position);
        if (recent != null) {
            return Future.succeededFuture(Optional.of(recent));
        }
        if (position < earliest() || position > head().position()) {
            return Future.succeededFuture(Optional.empty());
        }
        return stored(reads.onOneConnection(
                        client -> reads.byPositions(client, new Long[] {position}, Long.MAX_VALUE / 2)))
                .map(found -> found.stream().findFirst());
    }

    /** Counts by whole tag, in no order. */
    public Future<List<TagCount>> tagCounts() {
        return stored(tagStore.counts(head().position())).map(rows -> {
            Map<String, TagCount> byTag = new HashMap<>();
            for (TagStore.Count row : rows) {
                byTag.merge(
                        row.tag(),
                        new TagCount(row.tag(), row.events(), row.lastPosition()),
                        (a, b) -> new TagCount(
                                a.tag(), a.events() + b.events(), Math.max(a.lastPosition(), b.lastPosition())));
            }
            return List.copyOf(byTag.values());
        });
    }

    /** Events with matching tags after one position up to another. Keys and attributes are not looked at. */
    public Future<Long> count(long after, long through, EventFilter filter) {
        if (through <= after) {
            return Future.succeededFuture(0L);
        }
        if (filter.isAllTags()) {
            return Future.succeededFuture(through - after);
        }
        Integer[] ids = tags.idsWhere(filter::matchesTag);
        long fromBlock = (after + Blocks.SIZE - 1) / Blocks.SIZE;
        long toBlock = Math.min(through, tail.indexed()) / Blocks.SIZE;
        if (fromBlock >= toBlock) {
            return stored(reads.countScan(after, through, ids));
        }
        return stored(Future.all(
                        reads.countScan(after, fromBlock * Blocks.SIZE, ids),
                        reads.countPostings(fromBlock, toBlock, ids),
                        reads.countScan(toBlock * Blocks.SIZE, through, ids))
                .map(parts -> parts.<Long>list().stream().mapToLong(n -> n).sum()));
    }

    public Future<LogInfo> info() {
        LogPoint head = head();
        return stored(upkeep.bytes()
                .compose(bytes -> Future.all(byPosition(earliest()), byPosition(head.position()))
                        .map(both -> {
                            Optional<LogEvent> first = both.resultAt(0);
                            Optional<LogEvent> last = both.resultAt(1);
                            return new LogInfo(
                                    earliest(), head, tail.indexed(), bytes, tags.size(), micros(first), micros(last));
                        })));
    }

    private static java.util.OptionalLong micros(Optional<LogEvent> event) {
        return event.map(e -> java.util.OptionalLong.of(e.ingestMicros())).orElse(java.util.OptionalLong.empty());
    }

    /** What Postgres says in its own words becomes STORE_UNAVAILABLE. */
    private static <T> Future<T> stored(Future<T> query) {
        return query.recover(e -> Future.failedFuture(Failure.storeUnavailable(e)));
    }

    public Future<Void> close() {
        rounds.forEach(Upkeep::close);
        return Future.join(appender.close(), signal.close()).mapEmpty();
    }
}
