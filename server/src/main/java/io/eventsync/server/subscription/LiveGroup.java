package io.eventsync.server.subscription;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Live readers that want the same events in the same portions: matched once, encoded once. */
final class LiveGroup {
    /** What makes two readers the same. */
    record Key(EventFilter filter, int batchEventsMax, long lingerMillis) {}

    private final Key key;
    private final long frameBytesMax;
    private final Set<LiveMember> members = new LinkedHashSet<>();
    private List<LogEvent> pending = new ArrayList<>();
    private boolean lingers;

    LiveGroup(Key key, long frameBytesMax) {
        this.key = key;
        this.frameBytesMax = frameBytesMax;
    }

    Key key() {
        return key;
    }

    void add(LiveMember member) {
        members.add(member);
    }

    void remove(LiveMember member) {
        members.remove(member);
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    int size() {
        return members.size();
    }

    boolean hasPending() {
        return !pending.isEmpty();
    }

    /** Takes an event with a matching tag. */
    void offer(LogEvent event) {
        if (key.filter().matchesBody(event)) {
            pending.add(event);
        }
    }

    boolean isFull() {
        return pending.size() >= key.batchEventsMax();
    }

    /** Whether the caller is to flush later; false if that is arranged already. */
    boolean startLingering() {
        boolean first = !lingers;
        lingers = true;
        return first;
    }

    void stopLingering() {
        lingers = false;
    }

    /** Sends what is pending; everything up to {@code now} was offered. */
    void flush(LogPoint now) {
        if (pending.isEmpty()) {
            return;
        }
        List<LogEvent> events = pending;
        pending = new ArrayList<>();
        int from = 0;
        while (from < events.size()) {
            int to = portion(events, from);
            boolean last = to == events.size();
            LogPoint point = last ? now : LogPoint.after(events.get(to - 1));
            Frame.Events frame = new Frame.Events(point, events.subList(from, to));
            for (LiveMember member : List.copyOf(members)) {
                if (members.contains(member)) {
                    member.deliver(frame);
                }
            }
            from = to;
        }
    }

    private int portion(List<LogEvent> events, int from) {
        long bytes = 0;
        int to = from;
        while (to < events.size() && to - from < key.batchEventsMax()) {
            bytes += events.get(to).wire().length;
            if (to > from && bytes > frameBytesMax) {
                break;
            }
            to++;
        }
        return to;
    }

    /** Lets all members go. */
    List<LiveMember> disband() {
        List<LiveMember> all = List.copyOf(members);
        members.clear();
        return all;
    }
}
