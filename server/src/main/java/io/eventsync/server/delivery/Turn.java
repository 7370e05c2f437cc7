package io.eventsync.server.delivery;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happened between two records, in the form in which the database takes it. See {@code eventsync.record_turn}. */
final class Turn implements Ledger {
    private final Set<EndpointRun> runs = new LinkedHashSet<>();
    private final List<Start> starts = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final Map<Key, Change> changes = new LinkedHashMap<>();
    private final List<Announced> events = new ArrayList<>();

    /** An attempt that wants to start. */
    record Start(EndpointRun run, Attempt attempt) {}

    /** An attempt that ended. */
    record End(EndpointRun run, Attempt attempt, AttemptResult result) {}

    /** An event of the server's own. */
    record Announced(EndpointRun run, SystemEvent event) {}

    private record Key(long endpoint, long position) {}

    /** The last word on a delivery. */
    record Change(
            EndpointRun run,
            Delivery delivery,
            Kind kind,
            @Nullable DeadLetterReason reason,
            @Nullable AttemptResult cause) {
        enum Kind {
            SETTLED,
            ASIDE,
            DEAD
        }
    }

    @Override
    public void start(EndpointRun run, Attempt attempt) {
        runs.add(run);
        starts.add(new Start(run, attempt));
    }

    @Override
    public void ended(EndpointRun run, Attempt attempt, AttemptResult result) {
        runs.add(run);
        ends.add(new End(run, attempt, result));
    }

    @Override
    public void settled(EndpointRun run, Delivery delivery) {
        change(new Change(run, delivery, Change.Kind.SETTLED, null, null));
    }

    @Override
    public void setAside(EndpointRun run, Delivery delivery, @Nullable AttemptResult cause) {
        change(new Change(run, delivery, Change.Kind.ASIDE, null, cause));
    }

    @Override
    public void dead(EndpointRun run, Delivery delivery, DeadLetterReason reason, AttemptResult cause) {
        change(new Change(run, delivery, Change.Kind.DEAD, reason, cause));
    }

    private void change(Change change) {
        runs.add(change.run());
        changes.put(new Key(change.run().handle().id(), change.delivery().position()), change);
    }

    @Override
    public void announce(EndpointRun run, SystemEvent event) {
        runs.add(run);
        events.add(new Announced(run, event));
    }

    @Override
    public void touched(EndpointRun run) {
        runs.add(run);
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    boolean hasStarts() {
        return !starts.isEmpty();
    }

    boolean hasEvents() {
        return !events.isEmpty();
    }

    List<Start> starts() {
        return starts;
    }

    Set<EndpointRun> runs() {
        return runs;
    }

    /** Forgets what other nodes have taken over; answers the attempts that do not start because of that. */
    List<Attempt> dropLost() {
        List<Attempt> dropped = starts.stream()
                .filter(s -> s.run().isLost())
                .map(Start::attempt)
                .toList();
        runs.removeIf(EndpointRun::isLost);
        starts.removeIf(s -> s.run().isLost());
        ends.removeIf(e -> e.run().isLost());
        changes.values().removeIf(c -> c.run().isLost());
        events.removeIf(e -> e.run().isLost());
        return dropped;
    }

    /** Puts the time of the record on the attempts that start, and renders everything. Once. */
    Tuple seal(UUID node, SteadyClock clock) {
        long at = clock.databaseMicros();
        starts.forEach(s -> s.attempt().start(at));
        Tuple rendered = new TurnParameters(clock.millis()).of(node, this, at);
        runs.forEach(EndpointRun::told);
        return rendered;
    }

    List<End> ends() {
        return ends;
    }

    List<Change> changes(Change.Kind kind) {
        return changes.values().stream().filter(c -> c.kind() == kind).toList();
    }

    List<Announced> events() {
        return events;
    }

    /** All of it is on record. What waits needs its event no longer: its row has it. */
    void recorded(long turn) {
        for (Change change : changes.values()) {
            Delivery delivery = change.delivery();
            if (change.kind() == Change.Kind.ASIDE) {
                delivery.rowSince(turn);
                if (!delivery.isInFlight()) {
                    delivery.event(null);
                }
            }
        }
    }
}
