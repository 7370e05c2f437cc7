package io.eventsync.server.subscription;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.ReadableLog;
import io.eventsync.server.event.TailListener;
import io.eventsync.server.tag.TagIndex;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The live readers of one event loop. Looks at each new event once, finds the groups that want it, and sends each group one frame per
 * tick. No locks: everything happens on the loop's context.
 */
public final class LiveLoop implements TailListener {
    /** So many streams get an event at once. After a tick for more the loop pauses, so that many get several events together. */
    private static final int STREAMS_AT_ONCE = 4;

    /** The pause, in times of what the tick took. */
    private static final long PAUSE_PER_COST = 32;

    private final Vertx vertx;
    private final Context context;
    private final ReadableLog log;
    private final SubscriptionConfig config;
    private final LongSupplier nanos;
    private final Map<LiveGroup.Key, LiveGroup> groups = new HashMap<>();
    private final TagIndex<LiveGroup> index = new TagIndex<>();
    private final ReadAhead.Budget readAhead = ReadAhead.Budget.ofLoop();
    private @Nullable LiveGroup[][] byTagId = new @Nullable LiveGroup[1024][];
    private LogPoint point;
    private long lastTickNanos;
    private long tickCostNanos;
    private int tickStreams;
    private int regressions;
    private boolean tickPlanned;
    private volatile boolean sleeps = true;

    private LiveLoop(Vertx vertx, Context context, ReadableLog log, SubscriptionConfig config, LongSupplier nanos) {
        this.vertx = vertx;
        this.context = context;
        this.log = log;
        this.config = config;
        this.nanos = nanos;
        this.point = log.head();
        this.lastTickNanos = nanos.getAsLong() - config.tick().toNanos();
    }

    /** Makes the loop of the calling context. */
    public static LiveLoop start(Vertx vertx, ReadableLog log, SubscriptionConfig config) {
        return start(vertx, log, config, System::nanoTime);
    }

    static LiveLoop start(Vertx vertx, ReadableLog log, SubscriptionConfig config, LongSupplier nanos) {
        LiveLoop loop = new LiveLoop(vertx, vertx.getOrCreateContext(), log, config, nanos);
        log.subscribe(loop.context, loop);
        return loop;
    }

    public void stop() {
        log.unsubscribe(this);
    }

    Vertx vertx() {
        return vertx;
    }

    Context context() {
        return context;
    }

    /** Everything up to here was looked at. While nobody has joined it may be behind; {@link #catchUp} brings it on. */
    LogPoint point() {
        return point;
    }

    /** What the streams that catch up on this loop share. */
    ReadAhead.Budget readAhead() {
        return readAhead;
    }

    /** How often the log started over; a stream from before may not go on. */
    int regressions() {
        return regressions;
    }

    /** Brings the loop level with the log now. */
    void catchUp() {
        tick();
    }

    /** Takes a reader that has seen everything up to {@link #point}. */
    LiveGroup join(LiveGroup.Key key, LiveMember member) {
        LiveGroup before = groups.get(key);
        if (before != null) {
            before.flush(point); // and its last member may leave over that, which is the group's end
        }
        LiveGroup group = groups.get(key);
        if (group == null) {
            group = new LiveGroup(key, config.windowBytes());
            groups.put(key, group);
            index.add(key.filter().include(), group);
            forgetMatches();
        }
        group.add(member);
        wake();
        return group;
    }

    private void wake() {
        if (!sleeps) {
            return;
        }
        sleeps = false;
        if (log.head().position() > point.position()) {
            context.runOnContext(v -> advanced()); // it was not told of that
        }
    }

    void leave(LiveGroup group, LiveMember member) {
        group.remove(member);
        if (group.isEmpty() && groups.remove(group.key(), group)) {
            index.remove(group.key().filter().include(), group);
            forgetMatches();
            sleeps = groups.isEmpty();
        }
    }

    @Override
    public boolean sleeps() {
        return sleeps;
    }

    @Override
    public void advanced() {
        if (tickPlanned) {
            return;
        }
        long pauseNanos =
                tickStreams <= STREAMS_AT_ONCE ? 0 : Math.min(config.tick().toNanos(), PAUSE_PER_COST * tickCostNanos);
        long wait = lastTickNanos + pauseNanos - nanos.getAsLong();
        if (wait <= 500_000) {
            tick();
        } else {
            tickPlanned = true;
            vertx.setTimer(Math.max(1, (wait + 999_999) / 1_000_000), t -> {
                tickPlanned = false;
                tick();
            });
        }
    }

    private void tick() {
        lastTickNanos = nanos.getAsLong();
        tickStreams = 0;
        giveOut();
        tickCostNanos = nanos.getAsLong() - lastTickNanos;
    }

    private void giveOut() {
        LogPoint head = log.head();
        if (head.position() <= point.position()) {
            return;
        }
        if (groups.isEmpty()) {
            point = head;
            return;
        }
        Set<LiveGroup> touched = new LinkedHashSet<>();
        LogPoint reached = point;
        for (long position = point.position() + 1; position <= head.position(); position++) {
            LogEvent event = log.recent(position);
            if (event == null) {
                overrun(reached, head);
                return;
            }
            reached = LogPoint.after(event);
            for (LiveGroup group : groupsFor(event)) {
                group.offer(event);
                touched.add(group);
            }
        }
        point = head;
        for (LiveGroup group : touched) {
            tickStreams += group.size();
            if (group.key().lingerMillis() == 0 || group.isFull()) {
                group.flush(head);
            } else if (group.hasPending()) {
                linger(group);
            }
        }
    }

    private void linger(LiveGroup group) {
        if (group.startLingering()) {
            vertx.setTimer(group.key().lingerMillis(), t -> {
                group.stopLingering();
                group.flush(point);
            });
        }
    }

    /** The ring was overwritten before this loop came to it: everyone goes on from the log. */
    private void overrun(LogPoint reached, LogPoint head) {
        point = head;
        for (LiveGroup group : List.copyOf(groups.values())) {
            group.flush(reached);
            dissolve(group).forEach(member -> member.fallBehind(reached));
        }
    }

    @Override
    public void regressed() {
        regressions++;
        point = log.head();
        for (LiveGroup group : List.copyOf(groups.values())) {
            dissolve(group).forEach(LiveMember::regressed);
        }
    }

    private List<LiveMember> dissolve(LiveGroup group) {
        groups.remove(group.key(), group);
        index.remove(group.key().filter().include(), group);
        forgetMatches();
        sleeps = groups.isEmpty();
        return group.disband();
    }

    private LiveGroup[] groupsFor(LogEvent event) {
        int tagId = event.tagId();
        if (tagId >= byTagId.length) {
            byTagId = Arrays.copyOf(byTagId, Math.max(byTagId.length * 2, tagId + 1));
        }
        LiveGroup[] known = byTagId[tagId];
        if (known == null) {
            List<LiveGroup> found = new ArrayList<>();
            for (LiveGroup group : index.match(event.tag())) {
                if (group.key().filter().matchesTag(event.tag())) {
                    found.add(group);
                }
            }
            known = found.toArray(LiveGroup[]::new);
            byTagId[tagId] = known;
        }
        return known;
    }

    private void forgetMatches() {
        Arrays.fill(byTagId, null);
    }
}
