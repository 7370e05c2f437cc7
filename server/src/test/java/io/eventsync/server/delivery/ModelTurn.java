package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What Turn takes down of one endpoint, and renders once; as values instead of JSON. */
final class ModelTurn implements Ledger {
    final List<Attempt> starts = new ArrayList<>();
    final List<SystemEvent> events = new ArrayList<>();
    private final Map<UUID, AttemptOutcome> ends = new LinkedHashMap<>();
    private final Map<Long, Noted> changes = new LinkedHashMap<>();
    private boolean isTouched;

    /** What becomes of a delivery. */
    enum Kind {
        SETTLED,
        ASIDE,
        DEAD
    }

    private record Noted(Delivery delivery, Kind kind) {}

    /** A delivery as it was when the turn was rendered. */
    record Change(
            long position,
            Kind kind,
            Delivery.State state,
            int attempts,
            int number,
            long dueIn,
            boolean isAsked,
            @Nullable LogPoint previous,
            @Nullable LogEvent event) {}

    record Started(UUID id, ModelDatabase.Tried tried) {}

    record Sealed(
            EndpointHandle handle,
            RunSnapshot run,
            List<ModelDatabase.Open> open,
            List<Change> changes,
            List<Started> starts,
            Map<UUID, AttemptOutcome> ends,
            Breaker.State breaker,
            int failuresInRow,
            long probeWait,
            long probeAt,
            int limit,
            long failingSince,
            int failedAttempts,
            long failedPosition,
            int failedEvents,
            int failedWarned) {}

    boolean isEmpty() {
        return !isTouched;
    }

    @Override
    public void start(EndpointRun run, Attempt attempt) {
        isTouched = true;
        starts.add(attempt);
    }

    @Override
    public void ended(EndpointRun run, Attempt attempt, AttemptResult result) {
        isTouched = true;
        ends.put(attempt.id(), result.outcome());
    }

    @Override
    public void settled(EndpointRun run, Delivery delivery) {
        change(delivery, Kind.SETTLED);
    }

    @Override
    public void setAside(EndpointRun run, Delivery delivery, @Nullable AttemptResult cause) {
        change(delivery, Kind.ASIDE);
    }

    @Override
    public void dead(EndpointRun run, Delivery delivery, DeadLetterReason reason, AttemptResult cause) {
        change(delivery, Kind.DEAD);
    }

    private void change(Delivery delivery, Kind kind) {
        isTouched = true;
        changes.put(delivery.position(), new Noted(delivery, kind));
    }

    @Override
    public void announce(EndpointRun run, SystemEvent event) {
        isTouched = true;
        events.add(event);
    }

    @Override
    public void touched(EndpointRun run) {
        isTouched = true;
    }

    Sealed seal(EndpointRun run, long now) {
        starts.forEach(a -> a.start(now * 1_000));
        RunSnapshot snapshot = run.snapshot();
        List<ModelDatabase.Open> open = new ArrayList<>();
        for (Attempt attempt : snapshot.inFlight()) {
            if (attempt.atMicros() > 0) {
                open.add(new ModelDatabase.Open(attempt.id(), positions(attempt), attempt.number()));
            }
        }
        snapshot.numbersBefore()
                .forEach((position, number) -> open.add(new ModelDatabase.Open(null, List.of(position), number)));
        run.told();
        Breaker breaker = snapshot.health().breaker();
        FailingSince failing = snapshot.health().failing();
        return new Sealed(
                run.handle(),
                snapshot,
                open,
                changes.values().stream().map(c -> rendered(c, now)).toList(),
                starts.stream()
                        .map(a -> new Started(a.id(), new ModelDatabase.Tried(positions(a), a.number())))
                        .toList(),
                Map.copyOf(ends),
                breaker.state(),
                breaker.failuresInRow(),
                breaker.probeWaitMillis(),
                breaker.probeAtMillis(),
                breaker.limit(Long.MAX_VALUE),
                failing.isFailing() ? failing.sinceMillis() : Long.MIN_VALUE,
                failing.attempts(),
                failing.position(),
                failing.events(),
                failing.warned());
    }

    private static Change rendered(Noted noted, long now) {
        Delivery delivery = noted.delivery();
        return new Change(
                delivery.position(),
                noted.kind(),
                delivery.state(),
                delivery.attempts(),
                delivery.number(),
                Math.max(0, delivery.dueMillis() - now),
                delivery.isAsked(),
                delivery.previous(),
                delivery.hasRow() ? null : delivery.event());
    }

    static List<Long> positions(Attempt attempt) {
        return attempt.deliveries().stream().map(Delivery::position).toList();
    }

    /** See {@code Turn.recorded}. */
    void recorded(long turn) {
        for (Noted noted : changes.values()) {
            if (noted.kind() == Kind.ASIDE) {
                noted.delivery().rowSince(turn);
                if (!noted.delivery().isInFlight()) {
                    noted.delivery().event(null);
                }
            }
        }
    }
}
