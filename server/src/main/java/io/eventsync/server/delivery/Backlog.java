package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of an endpoint that have a row: those that wait until they are due, and, where order matters, those behind them.
 * Of each group that has to keep its order only the first can be due: all of an ORDERED endpoint, those of one key else.
 */
final class Backlog {
    private static final String ALL = "";

    private final Ordering ordering;
    private final TreeMap<Long, Delivery> byPosition = new TreeMap<>();
    private final Map<String, TreeMap<Long, Delivery>> groups = new HashMap<>();
    private final TreeSet<Delivery> due = new TreeSet<>(
            Comparator.<Delivery>comparingLong(Delivery::dueMillis).thenComparingLong(Delivery::position));

    Backlog(Ordering ordering) {
        this.ordering = ordering;
    }

    int size() {
        return byPosition.size();
    }

    @Nullable
    Delivery get(long position) {
        return byPosition.get(position);
    }

    /** Whether a new event has to wait for one that is here. */
    boolean holdsUp(Delivery next) {
        String group = group(next);
        return group != null && groups.containsKey(group);
    }

    void add(Delivery delivery, long nowMillis) {
        byPosition.put(delivery.position(), delivery);
        String group = group(delivery);
        if (group == null) {
            offer(delivery);
            return;
        }
        TreeMap<Long, Delivery> members = groups.computeIfAbsent(group, g -> new TreeMap<>());
        Delivery before = members.isEmpty() ? null : members.firstEntry().getValue();
        members.put(delivery.position(), delivery);
        Delivery first = members.firstEntry().getValue();
        if (before != null && before != first) {
            due.remove(before);
        }
        lead(first, nowMillis);
    }

    /** Puts one back that was in flight, with its new due time. */
    void putBack(Delivery delivery, long nowMillis) {
        String group = group(delivery);
        if (group == null
                || groups.getOrDefault(group, new TreeMap<>()).firstEntry().getValue() == delivery) {
            lead(delivery, nowMillis);
        }
    }

    void remove(Delivery delivery, long nowMillis) {
        due.remove(delivery);
        byPosition.remove(delivery.position());
        String group = group(delivery);
        TreeMap<Long, Delivery> members = group == null ? null : groups.get(group);
        if (members == null) {
            return;
        }
        members.remove(delivery.position());
        if (members.isEmpty()) {
            groups.remove(group);
        } else {
            lead(members.firstEntry().getValue(), nowMillis);
        }
    }

    /** Changes when a delivery is due. */
    void reschedule(Delivery delivery, long dueMillis, long nowMillis) {
        due.remove(delivery);
        delivery.dueMillis(dueMillis);
        if (!delivery.isInFlight()) {
            putBack(delivery, nowMillis);
        }
    }

    private void lead(Delivery first, long nowMillis) {
        if (first.state() == Delivery.State.BEHIND) {
            first.state(Delivery.State.RETRYING);
            first.dueMillis(nowMillis);
        }
        offer(first);
    }

    private void offer(Delivery delivery) {
        if (delivery.state() == Delivery.State.RETRYING && !delivery.isInFlight()) {
            due.add(delivery);
        }
    }

    private @Nullable String group(Delivery delivery) {
        if (delivery.isAsked() || ordering == Ordering.PARALLEL) {
            return null;
        }
        if (ordering == Ordering.ORDERED) {
            return ALL;
        }
        return delivery.key().isEmpty() ? null : delivery.key();
    }

    /** Takes what is due and fits into one request, in the order of positions; empty if nothing is due. */
    List<Delivery> takeDue(long nowMillis, int eventsMax, int bytesMax) {
        List<Delivery> taken = new ArrayList<>();
        long bytes = 0;
        while (taken.size() < eventsMax && !due.isEmpty() && due.first().dueMillis() <= nowMillis) {
            Delivery next = due.first();
            if (!taken.isEmpty() && bytes + next.bytes() > bytesMax) {
                break;
            }
            bytes += next.bytes();
            due.pollFirst();
            taken.add(next);
        }
        if (taken.size() == 1
                && eventsMax > 1
                && ordering == Ordering.ORDERED
                && !taken.get(0).isAsked()) {
            takeFollowing(taken, bytes, nowMillis, eventsMax, bytesMax);
        }
        taken.sort(Comparator.comparingLong(Delivery::position));
        return taken;
    }

    /** In an ordered endpoint only the first is in {@code due}; those right behind it may go in the same request. */
    private void takeFollowing(List<Delivery> taken, long bytes, long nowMillis, int eventsMax, int bytesMax) {
        long sum = bytes;
        TreeMap<Long, Delivery> members = groups.getOrDefault(ALL, new TreeMap<>());
        for (Delivery next : members.tailMap(taken.get(0).position(), false).values()) {
            sum += next.bytes();
            if (taken.size() >= eventsMax
                    || sum > bytesMax
                    || next.dueMillis() > nowMillis
                    || next.isInFlight()
                    || next.state() == Delivery.State.BLOCKING) {
                return;
            }
            taken.add(next);
        }
    }

    /** When the next one is due; {@link Long#MAX_VALUE} if none will be by itself. */
    long nextDueMillis() {
        return due.isEmpty() ? Long.MAX_VALUE : due.first().dueMillis();
    }

    List<Delivery> all() {
        return List.copyOf(byPosition.values());
    }
}
