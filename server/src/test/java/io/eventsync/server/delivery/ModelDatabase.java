package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.endpoint.DisableReason;
import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What V0002__create_delivery.sql (and V0009), RunStore, EndpointStore and DeadLetterStore do to one endpoint, in memory. */
final class ModelDatabase {
    private static final long NEVER = Long.MIN_VALUE;

    final EndpointSettings settings;
    final TreeMap<Long, Row> rows = new TreeMap<>();
    final Map<Long, Integer> deadNumbers = new HashMap<>();
    final Map<UUID, Tried> attempts = new HashMap<>();
    final Set<Long> deadSinceMoved = new TreeSet<>();
    EndpointState state = EndpointState.ACTIVE;

    @Nullable
    DisableReason disableReason;

    long blockedPosition;
    long epoch;
    long generation = 1;
    long revision = 1;
    long asked;
    long begin;
    boolean isOwned;
    /** Resumed, and not read since. */
    boolean isFresh;

    LogPoint low = LogPoint.BEGINNING;
    long pausedUntil = NEVER;
    Breaker.State breaker = Breaker.State.CLOSED;
    long probeAt = NEVER;

    /** Somebody changed the endpoint before the first matching event was on record. */
    boolean isPreviousForgotten;

    private @Nullable LogPoint previous;
    private Set<Long> ahead = new TreeSet<>();
    private List<Open> open = new ArrayList<>();
    private int failuresInRow;
    private long probeWait;
    private int limit;
    private long failingSince = NEVER;
    private int failedAttempts;
    private long failedPosition;
    private int failedEvents;
    private int failedWarned;

    ModelDatabase(EndpointSettings settings) {
        this.settings = settings;
    }

    /** A row of {@code delivery}. */
    static final class Row {
        final LogEvent event;
        final boolean isAsked;
        final @Nullable LogPoint previous;
        Delivery.State state = Delivery.State.RETRYING;
        int attempts;
        int number;
        long due;

        Row(LogEvent event, boolean isAsked, @Nullable LogPoint previous) {
            this.event = event;
            this.isAsked = isAsked;
            this.previous = previous;
        }
    }

    /** A row of {@code attempt}. */
    static final class Tried {
        final List<Long> positions;
        final int number;
        AttemptOutcome outcome = AttemptOutcome.STARTED;

        Tried(List<Long> positions, int number) {
            this.positions = positions;
            this.number = number;
        }
    }

    /** An entry of {@code endpoint_run.open}; without an id it is an attempt of old. */
    record Open(@Nullable UUID id, List<Long> positions, int number) {}

    boolean isOpen(long position) {
        return open.stream().anyMatch(o -> o.id() != null && o.positions().contains(position));
    }

    boolean isSettled(long position) {
        return position <= low.position() || ahead.contains(position);
    }

    /** See {@code record_turn}. Answers whether the lease is lost. */
    boolean record(ModelTurn.Sealed turn, long now) {
        if (turn.handle().epoch() != epoch || !isOwned) {
            return true;
        }
        boolean isCurrent = turn.handle().generation() == generation;
        if (isCurrent) {
            turn.changes().forEach(change -> change(change, now));
        }
        RunSnapshot run = turn.run();
        open = new ArrayList<>(turn.open());
        if (state == EndpointState.ACTIVE && isCurrent) {
            state = run.state();
            disableReason = run.disableReason();
            blockedPosition = run.blockedPosition();
        }
        if (isCurrent) {
            assertThat(run.low().position()).as("W1: the mark never goes back").isGreaterThanOrEqualTo(low.position());
            low = run.low();
            boolean isSame = turn.handle().revision() == revision;
            isPreviousForgotten |= previous == null && !isSame;
            previous = isSame || previous != null ? run.previous() : null;
            ahead = new TreeSet<>();
            for (long position : run.ahead()) {
                ahead.add(position);
            }
        }
        if (turn.handle().revision() == revision) {
            health(turn);
        }
        turn.starts().forEach(a -> attempts.putIfAbsent(a.id(), a.tried()));
        turn.ends().forEach((id, outcome) -> {
            Tried tried = attempts.get(id);
            if (tried != null && tried.outcome == AttemptOutcome.STARTED) {
                tried.outcome = outcome;
            }
        });
        return false;
    }

    private void health(ModelTurn.Sealed turn) {
        RunSnapshot run = turn.run();
        breaker = turn.breaker();
        failuresInRow = turn.failuresInRow();
        probeWait = turn.probeWait();
        probeAt = breaker == Breaker.State.OPEN ? turn.probeAt() : NEVER;
        limit = turn.limit();
        pausedUntil = run.health().pausedUntilMillis();
        failingSince = turn.failingSince();
        failedAttempts = turn.failedAttempts();
        failedPosition = turn.failedPosition();
        failedEvents = turn.failedEvents();
        failedWarned = turn.failedWarned();
    }

    private void change(ModelTurn.Change change, long now) {
        long position = change.position();
        Row row = rows.get(position);
        switch (change.kind()) {
            case SETTLED -> {
                deadNumbers.remove(position);
                rows.remove(position);
            }
            case DEAD -> {
                assertThat(row != null || change.event() != null || deadNumbers.containsKey(position))
                        .as("W1: a dead letter has its event, position " + position)
                        .isTrue();
                deadNumbers.put(position, change.number());
                deadSinceMoved.add(position);
                rows.remove(position);
            }
            case ASIDE -> {
                if (row == null) {
                    LogEvent event =
                            Objects.requireNonNull(change.event(), "W1: a row has its event, position " + position);
                    row = new Row(event, change.isAsked(), change.previous());
                    rows.put(position, row);
                }
                row.state = change.state();
                row.attempts = change.attempts();
                row.number = change.number();
                row.due = now + change.dueIn();
            }
        }
    }

    /** See {@code take_leases}. */
    void take(long now) {
        epoch++;
        isOwned = true;
        for (Open one : open) {
            Tried tried = one.id() == null ? null : attempts.get(one.id());
            if (tried != null && tried.outcome == AttemptOutcome.STARTED) {
                tried.outcome = AttemptOutcome.UNKNOWN;
            }
            for (long position : one.positions()) {
                Row row = rows.get(position);
                if (row != null) {
                    row.number = Math.max(row.number, one.number());
                    row.due = Math.min(row.due, now);
                }
            }
        }
        assertThat(attempts.values().stream().filter(t -> t.outcome == AttemptOutcome.STARTED))
                .as("W3: a takeover closes what was left open")
                .isEmpty();
    }

    /** See {@code RunStore.load}. */
    RunStart load(long now) {
        return new RunStart(
                new EndpointHandle(1, "e", epoch, generation, revision),
                settings,
                low,
                previous,
                Set.copyOf(ahead),
                numbers(),
                waiting(now),
                breaker,
                failuresInRow,
                probeWait,
                probeAt,
                limit,
                pausedUntil,
                failingSince == NEVER
                        ? new FailingSince()
                        : new FailingSince(failingSince, failedAttempts, failedPosition, failedEvents, failedWarned));
    }

    private Map<Long, Integer> numbers() {
        Map<Long, Integer> numbers = new HashMap<>();
        for (Open one : open) {
            for (long position : one.positions()) {
                if (position > low.position() && !ahead.contains(position)) {
                    numbers.put(position, one.number());
                }
            }
        }
        return numbers;
    }

    List<Delivery> waiting(long now) {
        List<Delivery> waiting = new ArrayList<>();
        for (Row row : rows.values()) {
            LogEvent event = row.event;
            Delivery delivery = new Delivery(
                    event.position(),
                    event.id(),
                    event.tag(),
                    event.key(),
                    event.wire().length,
                    row.isAsked,
                    row.previous);
            delivery.state(row.state);
            delivery.attempts(row.attempts);
            delivery.number(row.number);
            delivery.dueMillis(row.state == Delivery.State.RETRYING ? row.due : now);
            delivery.rowSince(1);
            waiting.add(delivery);
        }
        return waiting;
    }

    // ---- what callers do ----

    void pause() {
        revision++;
        if (state == EndpointState.ACTIVE || state == EndpointState.BLOCKED) {
            state = EndpointState.PAUSED;
            blockedPosition = 0;
        }
    }

    void resume(long now) {
        revision++;
        isFresh = true;
        state = EndpointState.ACTIVE;
        disableReason = null;
        blockedPosition = 0;
        breaker = Breaker.State.CLOSED;
        failuresInRow = 0;
        probeWait = 0;
        probeAt = NEVER;
        limit = 0;
        pausedUntil = NEVER;
        failingSince = NEVER;
        failedAttempts = 0;
        failedEvents = 0;
        failedWarned = 0;
        rows.values().stream().filter(r -> r.state == Delivery.State.BLOCKING).forEach(r -> dueNow(r, now));
    }

    private static void dueNow(Row row, long now) {
        row.state = Delivery.State.RETRYING;
        row.attempts = 0;
        row.due = now;
    }

    void seek(LogPoint point) {
        revision++;
        generation++;
        begin = point.position();
        low = point;
        previous = null;
        isPreviousForgotten = false;
        ahead = new TreeSet<>();
        blockedPosition = 0;
        if (state == EndpointState.BLOCKED) {
            state = EndpointState.ACTIVE;
        }
        rows.clear();
        deadSinceMoved.clear();
    }

    /** See {@code advance_replay}. Answers whether it was moved. */
    boolean replay(LogEvent event, long now) {
        long position = event.position();
        boolean mayMove = state == EndpointState.ACTIVE && deadNumbers.containsKey(position) && isSettled(position);
        if (mayMove && !rows.containsKey(position)) {
            Row made = new Row(event, true, null);
            made.number = deadNumbers.getOrDefault(position, 0);
            made.due = now;
            rows.put(position, made);
            asked++;
        }
        return mayMove;
    }

    /** See {@code DeadLetterStore.again}. Answers whether it is due. */
    boolean again(LogEvent event, long now) {
        long position = event.position();
        boolean isBlocker = state == EndpointState.BLOCKED && blockedPosition == position;
        if ((state != EndpointState.ACTIVE && !isBlocker) || isOpen(position)) {
            return false;
        }
        if (!isSettled(position)) {
            return false; // it is due by itself when its turn comes
        }
        Row row = rows.get(position);
        if (row == null) {
            Row made = new Row(event, true, null);
            made.number = attempts.values().stream()
                    .filter(t -> t.positions.contains(position))
                    .mapToInt(t -> t.number)
                    .max()
                    .orElse(0);
            made.due = now;
            rows.put(position, made);
        } else {
            dueNow(row, now);
        }
        if (isBlocker) {
            rows.values().stream()
                    .filter(r -> r.state == Delivery.State.BLOCKING)
                    .forEach(r -> dueNow(r, now));
            state = EndpointState.ACTIVE;
            blockedPosition = 0;
            revision++;
        } else {
            asked++;
        }
        return true;
    }
}
