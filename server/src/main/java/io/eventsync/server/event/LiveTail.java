package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's contiguous view of the log's durable end. Takes batches of its own appender as they are acknowledged; what lies
 * between, other nodes wrote, and it is read from Postgres. Positions are dense, so a gap is visible and nothing can be stepped over.
 *
 * <p>Written on the log's context; the ring and its head may be read by any thread.
 */
final class LiveTail {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTail.class);
    /** How long a gap may wait for this node's other lane before it is read from Postgres. */
    private static final long GAP_MILLIS = 2;

    private static final long REACH_MILLIS_MAX = 2_000;
    private static final int GAP_EVENTS = 1_000;
    private static final long GAP_BYTES = 4 << 20;

    private final Vertx vertx;
    private final ReadStore store;
    private final TagDictionary tags;
    private final IdStore ids;
    private final RecentIds recentIds;
    private final IndexedIds indexedIds;
    private final TailRing ring;
    private final TreeMap<Long, LogEvent[]> ahead = new TreeMap<>();
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private volatile long indexed;
    private volatile long earliest = 1;
    private long indexedIdMillis;
    /** True until everybody who stood in the other history has been told. */
    private volatile boolean startsOver;
    /** How often it has started over: what was asked for before is about another history. */
    private final AtomicInteger histories = new AtomicInteger();

    private @Nullable Future<Void> startingOver;

    private boolean gapTimerRuns;
    private boolean reading;
    private boolean followsHint;
    private boolean hintedMeanwhile;

    LiveTail(
            Vertx vertx,
            LogConfig config,
            ReadStore store,
            TagDictionary tags,
            IdStore ids,
            RecentIds recentIds,
            IndexedIds indexedIds) {
        this.vertx = vertx;
        this.store = store;
        this.tags = tags;
        this.ids = ids;
        this.recentIds = recentIds;
        this.indexedIds = indexedIds;
        this.ring = new TailRing(config.tailEventsMax(), config.tailBytesMax());
    }

    /** A listener and the context it lives on; one task at a time is under way to it. */
    private record Subscriber(Context context, TailListener listener, AtomicBoolean told) {
        void tell() {
            if (!listener.sleeps() && told.compareAndSet(false, true)) {
                context.runOnContext(v -> {
                    told.set(false);
                    listener.advanced();
                });
            }
        }
    }

    /** Learns where the log stands, its tags and the ids behind the key index. */
    Future<Void> open() {
        return store.head(0)
                .compose(now -> tags.load()
                        .compose(v -> ids.onOneConnection(
                                client -> ids.eachId(client, now.indexed(), now.position(), recentIds::add)
                                        .compose(read -> store.edge(client, now.position(), now.position()))))
                        .map(edge -> {
                            if (!edge.hasPoint()) {
                                throw Failure.storeUnavailable(null); // another server answered than before
                            }
                            indexed = now.indexed();
                            indexedIdMillis = now.indexedIdMillis();
                            setEarliest(now.earliest());
                            // What was seen begins here, not where it was when they began to be filled.
                            indexedIds.clear();
                            ring.startAt(now.position() == 0 ? LogPoint.BEGINNING : edge.point());
                            return null;
                        }));
    }

    /** The newest durable point of which this node has seen everything before. */
    LogPoint head() {
        return ring.head();
    }

    long position() {
        return head().position();
    }

    long indexed() {
        return indexed;
    }

    /** Every id up to here is in {@link RecentIds} or in the key index. On the log's context. */
    long idsKnownThrough() {
        return startsOver ? Math.min(indexed, position()) : position();
    }

    /** The newest time in any UUIDv7 in the key index; goes with what {@link RecentIds} has. On the log's context. */
    long indexedIdMillis() {
        return indexedIdMillis;
    }

    long earliest() {
        return earliest;
    }

    /**
     * Which history this node is in; less than 0 while it changes. What was read from memory and Postgres together holds only if it is the
     * same before and after. Any thread.
     */
    int history() {
        return startsOver ? -1 : histories.get();
    }

    @Nullable
    LogEvent event(long position) {
        return ring.get(position);
    }

    void subscribe(Context context, TailListener listener) {
        subscribers.add(new Subscriber(context, listener, new AtomicBoolean()));
    }

    void unsubscribe(TailListener listener) {
        subscribers.removeIf(s -> s.listener() == listener);
    }

    /** Succeeds once this node has seen a position that is known to be durable. Callable from any context; answers on its own. */
    Future<Void> reached(long position) {
        Promise<Void> promise = Promise.promise();
        Context caller = vertx.getOrCreateContext();
        TailListener waiting = new TailListener() {
            @Override
            public void advanced() {
                if (position() >= position) {
                    unsubscribe(this);
                    promise.tryComplete();
                }
            }

            @Override
            public void regressed() {
                unsubscribe(this);
                promise.tryFail(Failure.storeUnavailable(null));
            }
        };
        subscribe(caller, waiting);
        waiting.advanced();
        vertx.setTimer(REACH_MILLIS_MAX, t -> {
            unsubscribe(waiting);
            promise.tryFail(Failure.storeUnavailable(null));
        });
        return promise.future();
    }

    /** Takes events of this node's appender, which are durable. */
    void offer(LogEvent[] events) {
        long first = events[0].position();
        // While it starts over nobody may be told of more: streams that stand in the other history have to end first.
        if (startsOver || first <= position()) {
            return;
        }
        if (first > position() + 1) {
            ahead.put(first, events);
            watchGap();
            return;
        }
        publish(List.of(events));
    }

    private void publish(List<LogEvent> events) {
        append(events);
        takeAhead();
        subscribers.forEach(Subscriber::tell);
    }

    private void append(List<LogEvent> events) {
        for (LogEvent event : events) {
            recentIds.add(event.id(), event.position());
            indexedIds.add(event.id(), event.position());
        }
        ring.append(events);
    }

    private void takeAhead() {
        for (Map.Entry<Long, LogEvent[]> next = ahead.firstEntry();
                next != null && next.getKey() <= position() + 1;
                next = ahead.firstEntry()) {
            ahead.pollFirstEntry();
            if (next.getKey() == position() + 1) {
                append(List.of(next.getValue()));
            }
        }
    }

    private void watchGap() {
        if (gapTimerRuns || reading) {
            return;
        }
        gapTimerRuns = true;
        vertx.setTimer(GAP_MILLIS, t -> {
            gapTimerRuns = false;
            if (!ahead.isEmpty()) {
                readThrough(ahead.firstKey() - 1);
            }
        });
    }

    /** Reads what other nodes wrote, up to a durable position. */
    private void readThrough(long through) {
        if (reading || through <= position()) {
            return;
        }
        reading = true;
        LogPoint from = head();
        int since = histories.get();
        store.onOneConnection(client -> following(client, from, through))
                .onComplete(
                        events -> {
                            reading = false;
                            if (since == histories.get()) {
                                take(events, through);
                            } else if (!ahead.isEmpty()) {
                                watchGap();
                            }
                        },
                        e -> {
                            reading = false;
                            LOG.warn("reading other nodes' events failed cause={} next=poll", e.getMessage());
                        });
    }

    /** The next events after what this node has seen; empty if they do not follow it. */
    private Future<Optional<List<LogEvent>>> following(SqlClient client, LogPoint from, long through) {
        Future<List<LogEvent>> events = store.scan(client, from.position(), through, GAP_EVENTS, GAP_BYTES);
        Future<ReadStore.Edge> edge = store.edge(client, from.position(), from.position());
        return Future.all(events, edge)
                .map(both -> edge.result().hasPoint()
                                && from.agreesWith(edge.result().point())
                        ? Optional.of(events.result())
                        : Optional.empty());
    }

    private void take(Optional<List<LogEvent>> events, long through) {
        if (events.isEmpty()) {
            pollSoon();
            return;
        }
        List<LogEvent> next = contiguous(events.get());
        if (!next.isEmpty()) {
            publish(next);
            readThrough(through);
        }
        if (!ahead.isEmpty()) {
            watchGap();
        }
    }

    /** The rows right after the tail; own batches may have come in while the page was read. */
    private List<LogEvent> contiguous(List<LogEvent> events) {
        List<LogEvent> next = new ArrayList<>();
        long expected = position() + 1;
        for (LogEvent event : events) {
            if (event.position() == expected) {
                next.add(event);
                expected++;
            }
        }
        return next;
    }

    private void pollSoon() {
        poll().onFailure(e -> LOG.debug("poll failed cause={}", e.getMessage()));
    }

    /** Another node says that there is more. However often it does, one poll is under way for that. */
    void hinted() {
        if (followsHint) {
            hintedMeanwhile = true;
            return;
        }
        followsHint = true;
        hintedMeanwhile = false;
        poll().onComplete(done -> {
            followsHint = false;
            if (hintedMeanwhile) {
                hinted();
            }
        });
    }

    /** Asks Postgres where the log stands: after a hint from another node, and every so often in case one was lost. */
    Future<Void> poll() {
        if (startsOver) {
            return startOver();
        }
        Seen before = seen();
        return store.head(before.head().position()).map(now -> {
            if (joinsOn(before, now)) {
                if (earliest == before.earliest()) { // else another poll was answered since this one was asked for
                    setEarliest(now.earliest());
                }
                indexedThrough(now.indexed(), now.indexedIdMillis());
                readThrough(now.position());
            }
            return null;
        });
    }

    /**
     * Makes sure that the log behind a new connection goes on where this node stands, before it appends there: a batch right behind a
     * tail that the database lost would look like the next one, and hide the loss for ever; one with the number of a tag whose row was
     * lost would get the name of the tag that is given this number next. Batches that wait for a gap may be lost too; those that are not
     * are read.
     */
    Future<Void> check(SqlClient fresh) {
        Seen before = seen();
        Future<ReadStore.Head> head = store.head(fresh, before.head().position());
        Future<Optional<String>> stray = tags.stray(fresh);
        return Future.all(head, stray).map(both -> {
            boolean someWaited = !ahead.isEmpty();
            ahead.clear();
            boolean joins = joinsOn(before, head.result());
            if (joins && someWaited) {
                pollSoon(); // they may have come from another connection since it was asked
            }
            if (stray.result().isPresent()) {
                LOG.error(
                        "the database lost the row of a tag tag={}",
                        stray.result().get());
                if (joins) {
                    forget(head.result());
                }
                throw Failure.storeUnavailable(
                        null); // the connection is opened again, and what is known then looked at
            }
            return null;
        });
    }

    /** What this node knew when it asked. */
    private record Seen(LogPoint head, long earliest, long indexed, int history) {}

    private Seen seen() {
        return new Seen(head(), earliest, indexed, histories.get());
    }

    /** Whether the log goes on from what this node knew; if it does not, this node starts over. */
    private boolean joinsOn(Seen before, ReadStore.Head now) {
        if (startsOver || before.history() != histories.get()) {
            return false;
        }
        boolean lostEvents =
                now.position() < before.head().position() || !before.head().agreesWith(now.known());
        if (lostEvents || now.indexed() < before.indexed()) {
            LOG.error(
                    "the database lost acknowledged {} last_known={} now={}",
                    lostEvents ? "events" : "work on its index",
                    before.head().position(),
                    now.position());
            forget(now);
            return false;
        }
        if (now.earliest() > position() + 1) {
            LOG.error("retention overtook this node last_known={} earliest={}", position(), now.earliest());
            forget(now);
            return false;
        }
        return true;
    }

    /** The key index has every id up to here; call after it committed. */
    void indexedThrough(long position, long idMillis) {
        if (position <= indexed) {
            return; // an answer that was overtaken
        }
        indexed = position;
        indexedIdMillis = idMillis;
        recentIds.forgetThrough(position);
    }

    /** Back, too: a failover may lose retention's last step and nothing else. */
    private void setEarliest(long position) {
        earliest = position;
        indexedIds.expireBefore(position);
    }

    /** What this node knows does not join on to what the log is now: it ends all streams and starts over from the database. */
    private void forget(ReadStore.Head now) {
        startsOver = true;
        histories.incrementAndGet();
        ahead.clear();
        recentIds.clear();
        indexedIds.clear();
        ring.startAt(new LogPoint(now.position(), 0));
        indexed = now.indexed();
        indexedIdMillis = now.indexedIdMillis();
        setEarliest(now.earliest());
        tags.forget();
        startOver().onFailure(e -> LOG.error("starting over failed cause={} next=poll", e.getMessage()));
    }

    /** One at a time. */
    private Future<Void> startOver() {
        if (startingOver != null) {
            return startingOver;
        }
        Future<Void> begun = open().compose(v -> tellRegressed());
        startingOver = begun; // before it is listened to: it may have failed already
        begun.onComplete(done -> {
            startingOver = null;
            if (done.succeeded()) {
                startsOver = false;
                pollSoon();
            }
        });
        return begun;
    }

    /** Done once they have heard: a reader that is told of more before could take it for what comes next. */
    private Future<Void> tellRegressed() {
        List<Future<Void>> told = new ArrayList<>();
        for (Subscriber subscriber : subscribers) {
            Promise<Void> heard = Promise.promise();
            told.add(heard.future());
            subscriber.context().runOnContext(v -> {
                try {
                    subscriber.listener().regressed();
                } finally {
                    heard.complete();
                }
            });
        }
        return Future.join(told)
                .timeout(REACH_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }
}
