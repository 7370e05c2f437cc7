package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: whatever is queued when a lane is free travels as one batch; there is no timer. Two lanes, so that one batch is
 * written while the other is flushed. Takes requests on any thread; everything else happens on the log's context.
 */
final class Appender {
    private static final Logger LOG = LoggerFactory.getLogger(Appender.class);
    private static final int LANES = 2;
    private static final Duration RETRY_AFTER_SHED = Duration.ofMillis(100);
    /** Bounds the memory for ids that the index does not have yet: 4 million events, or an eighth of the heap. */
    private static final long UNINDEXED_EVENTS_MAX =
            Blocks.SIZE * Math.max(4, Math.min(64, Runtime.getRuntime().maxMemory() / 8 / RecentIds.BLOCK_BYTES));

    private static final Duration RETRY_AFTER_INDEX = Duration.ofSeconds(1);
    /** Below this the second lane would only make two small batches of one: a batch costs Postgres more than what is in it. */
    private static final int SECOND_LANE_REQUESTS = 512;
    /** How long requests wait for a lost connection before they are refused. */
    private static final long OUTAGE_GRACE_MILLIS = 1_000;

    private final Vertx vertx;
    private final Context context;
    private final LogConfig config;
    private final TagDictionary tags;
    private final RecentIds recentIds;
    private final IndexedIds indexedIds;
    private final LiveTail tail;
    private final DuplicateCheck duplicateCheck;
    private final BooleanSupplier alone;
    private final AppendMeters meters;
    private final List<AppendLane> lanes = new ArrayList<>();

    private final Queue<AppendRequest> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean inboxDrains = new AtomicBoolean();
    private final AtomicInteger queuedEvents = new AtomicInteger();
    private final AtomicLong queuedBytes = new AtomicLong();

    private final ArrayDeque<AppendRequest> queue = new ArrayDeque<>();
    private final Map<String, AppendBatch> inFlight = new HashMap<>();
    private final Map<Object, AppendBatch> inFlightSessions = new HashMap<>();
    private final Map<Object, SessionDetour> detours = new HashMap<>();
    private volatile boolean outage;
    private volatile BooleanSupplier isDiskLow = () -> false;
    private long lastNumber;
    private boolean graceRuns;
    private int underWay;

    Appender(
            Vertx vertx,
            Context context,
            LogConfig config,
            PgConnectOptions options,
            TagDictionary tags,
            RecentIds recentIds,
            IndexedIds indexedIds,
            LiveTail tail,
            DuplicateCheck duplicateCheck,
            BooleanSupplier alone,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.context = context;
        this.config = config;
        this.tags = tags;
        this.recentIds = recentIds;
        this.indexedIds = indexedIds;
        this.tail = tail;
        this.duplicateCheck = duplicateCheck;
        this.alone = alone;
        this.meters = new AppendMeters(registry, queuedEvents::get, queuedBytes::get);
        for (int i = 0; i < LANES; i++) {
            lanes.add(new AppendLane(vertx, context, options, tail::check, this::laneIsFree, this::laneIsLost));
        }
    }

    Future<Void> open() {
        return Future.all(lanes.stream().map(AppendLane::open).toList()).mapEmpty();
    }

    /** While this says so, nothing is appended. */
    void refuseWhileDiskIsLow(BooleanSupplier says) {
        isDiskLow = says;
    }

    /** Makes sure that these tags have numbers; done at once if they do. */
    Future<Void> ensureTags(List<NewEvent> events) {
        List<String> unknown = unknownTags(events);
        return unknown.isEmpty() ? Future.succeededFuture() : tags.ensure(unknown);
    }

    /** Appends the events as one unit. Answers on the calling context once they are on disk. */
    Future<List<Appended>> append(List<NewEvent> events, @Nullable Object session) {
        AppendRequest request;
        try {
            request = new AppendRequest(events, session, vertx.getOrCreateContext());
        } catch (Failure refused) {
            return Future.failedFuture(refused);
        }
        if (outage) {
            return Future.failedFuture(Failure.storeUnavailable(null));
        }
        if (isDiskLow.getAsBoolean()) {
            return Future.failedFuture(Failure.of(Reason.DISK_LOW, "the disk under the log is nearly full"));
        }
        if (tail.position() - tail.indexed() > UNINDEXED_EVENTS_MAX) {
            return Future.failedFuture(Failure.of(Reason.OVERLOADED, "the index is too far behind the log")
                    .retryAfter(RETRY_AFTER_INDEX));
        }
        if (!reserve(request)) {
            return Future.failedFuture(
                    Failure.of(Reason.OVERLOADED, "the append queue is full").retryAfter(RETRY_AFTER_SHED));
        }
        List<String> unknown = unknownTags(events);
        if (unknown.isEmpty()) {
            submit(request);
        } else {
            tags.ensure(unknown).onComplete(v -> submit(request), e -> {
                release(request);
                request.fail(Failure.storeUnavailable(e));
            });
        }
        return request.future();
    }

    private List<String> unknownTags(List<NewEvent> events) {
        List<String> unknown = List.of();
        for (NewEvent event : events) {
            if (tags.idOf(event.tag()) == null) {
                unknown = unknown.isEmpty() ? new ArrayList<>() : unknown;
                unknown.add(event.tag());
            }
        }
        return unknown;
    }

    private boolean reserve(AppendRequest request) {
        int events = queuedEvents.addAndGet(request.events().size());
        long bytes = queuedBytes.addAndGet(request.heldBytes());
        if (events > config.queueEventsMax() || bytes > config.queueBytesMax()) {
            release(request);
            return false;
        }
        return true;
    }

    private void release(AppendRequest request) {
        queuedEvents.addAndGet(-request.events().size());
        queuedBytes.addAndGet(-request.heldBytes());
    }

    /** One wake-up of the log's context carries all that arrives until it runs. */
    private void submit(AppendRequest request) {
        inbox.add(request);
        if (inboxDrains.compareAndSet(false, true)) {
            context.runOnContext(v -> drainInbox());
        }
    }

    private void drainInbox() {
        inboxDrains.set(false);
        for (AppendRequest request = inbox.poll(); request != null; request = inbox.poll()) {
            request.number(++lastNumber);
            queue.add(request);
        }
        pump();
    }

    private void pump() {
        if (outage) {
            refuseQueued();
            return;
        }
        for (AppendLane lane : lanes) {
            while (lane.isFree() && !queue.isEmpty() && (underWay == 0 || queue.size() >= SECOND_LANE_REQUESTS)) {
                AppendBatch batch = nextBatch();
                if (!batch.isEmpty()) {
                    underWay++;
                    send(lane, batch);
                }
            }
        }
    }

    private AppendBatch nextBatch() {
        AppendBatch batch = new AppendBatch();
        while (!queue.isEmpty() && batch.size() < config.batchEventsMax() && batch.bytes() < config.batchBytesMax()) {
            AppendRequest request = queue.peek();
            if (batch.size() > 0 && batch.size() + request.events().size() > config.batchEventsMax()) {
                break;
            }
            queue.remove();
            route(request, batch);
        }
        return batch;
    }

    /**
     * Into the batch, or to wait for a batch with the same id, or to be compared with what the log has. What follows in the same
     * session waits too.
     */
    private void route(AppendRequest request, AppendBatch batch) {
        if (request.session() != null && waitsForSession(request, request.session())) {
            return;
        }
        List<String> unknown = unknownTags(request.events());
        if (!unknown.isEmpty()) {
            learnTags(request, unknown);
            return;
        }
        Map<Integer, Long> suspects = Map.of();
        for (int i = 0; i < request.events().size(); i++) {
            NewEvent event = request.events().get(i);
            if (!event.idFromProducer() || !request.isOpen(i)) {
                continue;
            }
            AppendBatch other = inFlight.get(event.id());
            if (other == null && batch.probe().contains(event.id())) {
                other = batch;
            }
            if (other != null) {
                setAside(request);
                other.addWaiter(request);
                return;
            }
            Long position = recentIds.find(event.id());
            if (position != null) {
                suspects = suspects.isEmpty() ? new LinkedHashMap<>() : suspects;
                suspects.put(i, position);
            }
        }
        if (suspects.isEmpty()) {
            batch.add(request);
        } else {
            compare(request, suspects);
        }
    }

    private boolean waitsForSession(AppendRequest request, Object session) {
        SessionDetour detour = detours.get(session);
        if (detour != null) {
            detour.park(request);
            return true;
        }
        AppendBatch before = inFlightSessions.get(session);
        if (before != null) {
            before.addWaiter(request);
            return true;
        }
        return false;
    }

    /** The log started over while the request was queued, and its tags have other numbers now. */
    private void learnTags(AppendRequest request, List<String> unknown) {
        setAside(request);
        afterwards(
                tags.ensure(unknown),
                () -> comeBack(request),
                e -> leave(request, () -> refuse(List.of(request), asFailure(e))));
    }

    private void compare(AppendRequest request, Map<Integer, Long> suspects) {
        setAside(request);
        afterwards(
                duplicateCheck.resolve(request, suspects),
                () -> {
                    meters.duplicates(suspects.size());
                    if (request.isResolved()) {
                        leave(request, () -> finish(List.of(request)));
                    } else {
                        comeBack(request);
                    }
                },
                e -> leave(request, () -> refuse(List.of(request), Failure.storeUnavailable(e))));
    }

    /**
     * Goes on in a task of its own. The pool's connections live on other event loops: its answer may be there before anyone can
     * listen, and a request that came back in the middle of what set it aside would overtake others of its session.
     */
    private void afterwards(Future<Void> asked, Runnable done, Consumer<Throwable> failed) {
        asked.onComplete(v -> context.runOnContext(w -> done.run()), e -> context.runOnContext(w -> failed.accept(e)));
    }

    /** The request leaves the queue for a while; the rest of its session stays behind it. */
    private void setAside(AppendRequest request) {
        if (request.session() != null) {
            detours.computeIfAbsent(request.session(), s -> new SessionDetour()).away(request);
        }
    }

    private void comeBack(AppendRequest request) {
        requeue(List.of(request));
        pump();
    }

    private void leave(AppendRequest request, Runnable answer) {
        SessionDetour detour = request.session() == null ? null : detours.get(request.session());
        if (detour != null) {
            detour.gone(request);
            endIfOver(detour, request);
        }
        answer.run();
        pump();
    }

    private void endIfOver(SessionDetour detour, AppendRequest request) {
        if (detour.isOver()) {
            detours.remove(request.session());
            detour.lastFirst().forEach(queue::addFirst);
        }
    }

    private void send(AppendLane lane, AppendBatch batch) {
        batch.probe().forEach(id -> inFlight.put(id, batch));
        batch.sessions().forEach(session -> inFlightSessions.put(session, batch));
        Integer[] tagIds = batch.tagIds(tags);
        long known = tail.idsKnownThrough();
        Tuple arguments = batch.arguments(tagIds, indexProbe(batch), known);
        long sent = System.nanoTime();
        meters.sent(batch);
        Future<AppendLane.Answer> answer =
                keepsNobodyWaiting(batch) ? lane.sendAsOne(arguments) : lane.sendAndMark(arguments, known);
        answer.onComplete(stored -> answered(batch, tagIds, stored, sent), e -> failed(batch, e));
    }

    /** Neither another node nor the second lane, unless much comes while the disk writes. */
    private boolean keepsNobodyWaiting(AppendBatch batch) {
        return alone.getAsBoolean() && underWay == 1 && batch.requests().size() + queue.size() < SECOND_LANE_REQUESTS;
    }

    /** The ids that have to be looked up on disk. */
    private String[] indexProbe(AppendBatch batch) {
        if (tail.history() < 0) {
            return batch.probe().toArray(String[]::new); // nothing in memory holds while it starts over
        }
        if (tail.indexed() == 0) {
            return new String[0];
        }
        String[] ids = batch.indexProbe(tail.indexedIdMillis(), indexedIds::mayHave);
        if (ids.length > 0) {
            meters.lookedUp(ids.length);
            indexedIds.fill(tail.indexed(), tail.head());
        }
        return ids;
    }

    private void answered(AppendBatch batch, Integer[] tagIds, AppendLane.Answer answer, long sent) {
        land(batch);
        List<AppendRequest> again = List.of();
        if (answer.duplicates().isEmpty()) {
            meters.committed(batch, System.nanoTime() - sent);
            LogEvent[] placed = batch.place(answer.base(), answer.ingestMicros(), tagIds, tags::shared);
            tail.offer(placed);
            finish(batch.requests());
        } else {
            again = sortOut(batch, answer.duplicates());
        }
        requeue(batch.waiters());
        requeue(again);
        pump();
    }

    /** Nothing of the batch was stored: requests with known ids are compared with the log; the others, which it answers, go again. */
    private List<AppendRequest> sortOut(AppendBatch batch, Map<String, Long> duplicates) {
        List<AppendRequest> again = new ArrayList<>();
        for (AppendRequest request : batch.requests()) {
            Map<Integer, Long> suspects = new LinkedHashMap<>();
            for (int i = 0; i < request.events().size(); i++) {
                Long position = duplicates.get(request.events().get(i).id());
                if (position != null && request.isOpen(i)) {
                    suspects.put(i, position);
                }
            }
            if (suspects.isEmpty()) {
                again.add(request);
            } else {
                compare(request, suspects);
            }
        }
        return again;
    }

    private void failed(AppendBatch batch, Throwable cause) {
        land(batch);
        meters.failed();
        LOG.warn(
                "append failed events={} cause={} next=refused, producers retry with their ids",
                batch.size(),
                cause.getMessage());
        refuse(batch.requests(), asFailure(cause));
        requeue(batch.waiters());
        pump();
    }

    private static Failure asFailure(Throwable cause) {
        boolean diskFull = cause instanceof PgException e && "53100".equals(e.getSqlState());
        return diskFull
                ? Failure.of(Reason.DISK_LOW, "the disk under the log is full")
                : Failure.storeUnavailable(cause);
    }

    private void land(AppendBatch batch) {
        underWay--;
        batch.probe().forEach(inFlight::remove);
        batch.sessions().forEach(inFlightSessions::remove);
    }

    /** To the front of the queue, or behind those of their session that are still away. */
    private void requeue(List<AppendRequest> requests) {
        for (int i = requests.size() - 1; i >= 0; i--) {
            AppendRequest request = requests.get(i);
            SessionDetour detour = request.session() == null ? null : detours.get(request.session());
            if (detour == null) {
                queue.addFirst(request);
            } else {
                detour.park(request);
                endIfOver(detour, request);
            }
        }
    }

    private void finish(List<AppendRequest> requests) {
        answer(requests, AppendRequest::complete);
    }

    private void refuse(List<AppendRequest> requests, Failure failure) {
        answer(requests, request -> request.fail(failure));
    }

    /** One task per caller's context carries all its answers. */
    private void answer(List<AppendRequest> requests, Consumer<AppendRequest> how) {
        Map<Context, List<AppendRequest>> byOrigin = new HashMap<>();
        for (AppendRequest request : requests) {
            byOrigin.computeIfAbsent(request.origin(), c -> new ArrayList<>()).add(request);
        }
        // Until its caller has the answer it holds memory: a caller's loop that is busy taking in more gets to its
        // answers late.
        byOrigin.forEach((origin, own) -> origin.runOnContext(v -> own.forEach(request -> {
            release(request);
            how.accept(request);
        })));
    }

    private void laneIsFree() {
        if (outage) {
            LOG.info("appends resume");
        }
        outage = false;
        pump();
    }

    private void laneIsLost() {
        lanes.forEach(AppendLane::doubt);
        if (!graceRuns && lanes.stream().noneMatch(AppendLane::isConnected)) {
            graceRuns = true;
            vertx.setTimer(OUTAGE_GRACE_MILLIS, t -> endGrace());
        }
    }

    private void endGrace() {
        graceRuns = false;
        if (lanes.stream().noneMatch(AppendLane::isConnected)) {
            outage = true;
            LOG.error("no append connection, queued={} next=refuse appends until one is back", queue.size());
            refuseQueued();
        }
    }

    private void refuseQueued() {
        List<AppendRequest> all = new ArrayList<>(queue);
        queue.clear();
        refuse(all, Failure.storeUnavailable(null));
    }

    /** Ends the lanes. Call when nothing is queued any more; what is would be refused. */
    Future<Void> close() {
        return Future.join(lanes.stream().map(AppendLane::close).toList()).mapEmpty();
    }
}
