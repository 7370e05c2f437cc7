package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** What has to hold of an endpoint at every moment, known from outside: from the database, and from what arrives at the receiver. */
final class ModelChecks {
    private static final long DAY = 24L * 3_600_000;

    private final ModelDatabase database;
    private final List<LogEvent> log;
    private final List<LogEvent> matching;
    private final EndpointSettings settings;
    private final int cap;
    private final int waitingMax;
    private final Set<Long> arrived = new HashSet<>();
    private final Set<Long> outOfTurn = new HashSet<>();
    private final Set<Long> unsure = new HashSet<>();
    private final Map<Long, Long> notBefore = new HashMap<>();
    private final Set<Long> givenUp = new HashSet<>();
    private final Map<Long, Long> expected = new HashMap<>();
    private final Map<Long, Integer> failures = new HashMap<>();
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final Set<UUID> numbered = new HashSet<>();
    private final Map<UUID, Attempt> picked = new HashMap<>();
    private final Map<UUID, Attempt> out = new HashMap<>();
    private ReferenceBreaker breaker;
    private long pausedUntil = Long.MIN_VALUE;
    private EndpointState stateBefore = EndpointState.ACTIVE;
    private final Map<String, ModelTurn.Sealed> stops = new HashMap<>();
    private double tokens;
    private long tokensAt;

    ModelChecks(ModelDatabase database, List<LogEvent> log, int cap, int waitingMax) {
        this.database = database;
        this.log = log;
        this.settings = database.settings;
        this.matching = log.stream().filter(settings.filter()::matches).toList();
        this.cap = cap;
        this.waitingMax = waitingMax;
        this.breaker = new ReferenceBreaker(cap);
    }

    private boolean isByKey() {
        return settings.ordering() == Ordering.ORDERED_BY_KEY;
    }

    // ---- what callers do ----

    void moved() {
        arrived.clear();
        outOfTurn.clear();
        numbers.clear();
        failures.clear();
        notBefore.clear();
        unsure.clear();
    }

    void asked(long position) {
        outOfTurn.add(position);
        unsure.add(position);
        notBefore.remove(position);
    }

    // ---- what the node does ----

    void lost() {
        picked.clear();
        out.clear();
    }

    void handedOver(EndpointRun run, long now) {
        assertThat(picked).as("nothing is in flight at a handover").isEmpty();
        if (database.revision == run.handle().revision() && pausedUntil > now) {
            assertThat(database.pausedUntil)
                    .as("Retry-After outlives a handover")
                    .isGreaterThanOrEqualTo(pausedUntil);
        }
    }

    /** A record is about to be made. */
    void recording() {
        stateBefore = database.state;
    }

    void loaded(EndpointRun run, long now) {
        stops.clear();
        RunStart start = database.load(now);
        breaker = new ReferenceBreaker(
                cap,
                start.breakerState(),
                start.failuresInRow(),
                start.probeWaitMillis(),
                start.probeAtMillis(),
                start.inFlightLimit());
        if (database.isFresh) {
            assertThat(start.breakerState()).as("a resume closes the breaker").isEqualTo(Breaker.State.CLOSED);
            assertThat(start.pausedUntilMillis()).as("a resume ends a pause").isEqualTo(Long.MIN_VALUE);
            database.isFresh = false;
        }
        pausedUntil = database.pausedUntil;
        failures.clear();
        notBefore.clear();
        unsure.clear();
        database.rows.forEach((position, row) -> {
            failures.put(position, row.attempts);
            if (row.state == Delivery.State.RETRYING) {
                notBefore.put(position, row.due);
            }
        });
        settings.rateLimit().ifPresent(r -> tokens = r.burst());
        tokensAt = now;
        looked(run);
    }

    void offered(long position, long now) {
        assertThat(matching.stream().anyMatch(e -> e.position() == position)).isTrue();
    }

    void dropped(Attempt attempt, long retryAt) {
        picked.remove(attempt.id());
        breaker.saidNothing(retryAt);
    }

    void looked(EndpointRun run) {
        long waiting = run.backlog().all().stream().filter(d -> !d.isAsked()).count();
        assertThat(waiting)
                .as("waiting deliveries stay within their limit")
                .isLessThanOrEqualTo(waitingMax + (long) cap * settings.batchEventsMax());
    }

    void picked(EndpointRun run, Attempt attempt, long now) {
        assertThat(now).as("Retry-After is kept").isGreaterThanOrEqualTo(pausedUntil);
        assertThat(picked.size()).as("in flight within the breaker's limit").isLessThan(breaker.limit(now));
        if (breaker.isOpen()) {
            assertThat(attempt.deliveries()).as("a probe is one event").hasSize(1);
        }
        breaker.started();
        settings.rateLimit().ifPresent(r -> {
            tokens = Math.min(r.burst(), tokens + (now - tokensAt) * r.perSecond() / 1_000);
            tokensAt = now;
            assertThat(tokens).as("the rate is kept").isGreaterThan(1 - 1e-6);
            tokens--;
        });
        long last = 0;
        for (Delivery delivery : attempt.deliveries()) {
            long position = delivery.position();
            assertThat(position).as("a batch is in the order of the log").isGreaterThan(last);
            last = position;
            assertThat(picked.values().stream()
                            .noneMatch(a -> ModelTurn.positions(a).contains(position)))
                    .as("W3: one attempt of a delivery at a time, position " + position)
                    .isTrue();
            assertThat(now)
                    .as("never early, position " + position)
                    .isGreaterThanOrEqualTo(notBefore.getOrDefault(position, Long.MIN_VALUE));
            if (isCurrent(run)) {
                checkPrevious(delivery);
            }
        }
        assertThat(attempt.deliveries().size()).isLessThanOrEqualTo(settings.batchEventsMax());
        picked.put(attempt.id(), attempt);
        if (isCurrent(run)) {
            checkOrder(attempt);
        }
    }

    /** Whether it knows of the last move; before, it ends what it is at. */
    private boolean isCurrent(EndpointRun run) {
        return run.handle().generation() == database.generation;
    }

    private void checkPrevious(Delivery delivery) {
        LogPoint before = null;
        for (LogEvent event : matching) {
            if (event.position() >= delivery.position()) {
                break;
            }
            if (event.position() > database.begin) {
                before = LogPoint.after(event);
            }
        }
        if (!delivery.isAsked() && !(database.isPreviousForgotten && delivery.previous() == null)) {
            assertThat(delivery.previous())
                    .as("the cursor before is that of the matching event before, position " + delivery.position())
                    .isEqualTo(before);
        } else if (delivery.previous() != null) {
            assertThat(delivery.previous()).isEqualTo(before);
        }
    }

    /** W6. Of what comes first each was taken or given up, or goes in the same request. */
    private void checkOrder(Attempt attempt) {
        if (settings.ordering() == Ordering.PARALLEL) {
            return;
        }
        for (Delivery delivery : attempt.deliveries()) {
            boolean isFree = delivery.isAsked() || (isByKey() && delivery.key().isEmpty());
            for (LogEvent event : isFree ? List.<LogEvent>of() : matching) {
                long before = event.position();
                if (before <= database.begin || before >= delivery.position() || outOfTurn.contains(before)) {
                    continue;
                }
                if (isByKey() && !event.key().equals(delivery.key())) {
                    continue;
                }
                assertThat(arrived.contains(before)
                                || database.deadSinceMoved.contains(before)
                                || givenUp.contains(before)
                                || ModelTurn.positions(attempt).contains(before))
                        .as("W6: position " + before + " comes before " + delivery.position())
                        .isTrue();
            }
        }
    }

    void sent(Attempt attempt, long now) {
        ModelDatabase.Tried tried =
                Objects.requireNonNull(database.attempts.get(attempt.id()), "W3: on record before it is sent");
        assertThat(tried.outcome).isEqualTo(AttemptOutcome.STARTED);
        assertThat(tried.positions).isEqualTo(ModelTurn.positions(attempt));
        out.put(attempt.id(), attempt);
        assertThat(out.size()).as("in flight within the cap").isLessThanOrEqualTo(cap);
        attempt.deliveries()
                .forEach(d -> assertThat(d.event()).as("it has its event").isNotNull());
    }

    /** After each record. */
    void recorded(ModelTurn.Sealed turn) {
        boolean isStopped = database.state == EndpointState.DISABLED || database.state == EndpointState.BLOCKED;
        if (isStopped && stateBefore == EndpointState.ACTIVE) {
            ModelTurn.Sealed before = stops.put(database.state + " " + database.blockedPosition, turn);
            assertThat(before == null || before.equals(turn))
                    .as("a resume stands: no other turn records the same stop again")
                    .isTrue();
        }
        Set<Long> open = new HashSet<>();
        database.attempts.forEach((id, tried) -> {
            if (tried.outcome == AttemptOutcome.STARTED) {
                for (long position : tried.positions) {
                    assertThat(open.add(position))
                            .as("W3: an attempt is closed before the next starts, position " + position)
                            .isTrue();
                    assertThat(database.isOpen(position))
                            .as("what is started is known as open")
                            .isTrue();
                }
            }
            if (numbered.add(id)) {
                checkNumber(tried);
            }
        });
        for (LogEvent event : matching) {
            long position = event.position();
            if (position > database.begin && database.isSettled(position)) {
                assertThat(arrived.contains(position)
                                || database.rows.containsKey(position)
                                || database.deadSinceMoved.contains(position))
                        .as("W1: settled but neither delivered nor on record, position " + position)
                        .isTrue();
            }
        }
    }

    private void checkNumber(ModelDatabase.Tried tried) {
        for (long position : tried.positions) {
            int before = numbers.getOrDefault(position, 0);
            if (settings.batchEventsMax() == 1 && database.generation == 1) {
                assertThat(tried.number)
                        .as("attempt numbers rise by one, position " + position)
                        .isEqualTo(before + 1);
            } else {
                assertThat(tried.number).isGreaterThan(0);
            }
            numbers.put(position, tried.number);
        }
    }

    /** The receiver has got it. */
    void arrived(ModelNode.Call call, long now) {
        for (Delivery delivery : call.attempt().deliveries()) {
            if (call.result().tookEvent(delivery.position()) && delivery.position() > database.begin) {
                arrived.add(delivery.position());
            }
        }
    }

    void ending(EndpointRun run, ModelNode.Call call, long now) {
        AttemptResult result = call.result();
        picked.remove(call.id());
        out.remove(call.id());
        expected.clear();
        if (result.retryAfterMillis() > 0) {
            pausedUntil = Math.max(pausedUntil, now + Math.min(DAY, result.retryAfterMillis()));
        }
        breaker.ended(result, now);
        for (Delivery delivery : call.attempt().deliveries()) {
            long position = delivery.position();
            if (!result.tookEvent(position) && !result.is(AttemptError.GONE)) {
                int made = failures.merge(position, 1, Integer::sum);
                boolean isRefused = result.isFinal()
                        || settings.retryPolicy().noRetryStatuses().contains(result.status());
                if (isRefused || made >= settings.retryPolicy().backoff().attemptsMax()) {
                    givenUp.add(position);
                    failures.remove(position);
                } else {
                    expected.put(
                            position,
                            now
                                    + Math.max(
                                            settings.retryPolicy().backoff().baseMillis(made),
                                            Math.min(DAY, result.retryAfterMillis())));
                }
            } else if (result.tookEvent(position)) {
                failures.remove(position);
            }
            notBefore.remove(position);
        }
    }

    void ended(EndpointRun run, ModelNode.Call call, long now) {
        expected.forEach((position, due) -> {
            Delivery waiting = Objects.requireNonNull(
                    run.backlog().get(position), "W1: a failed delivery waits, position " + position);
            if (!unsure.contains(position) && isCurrent(run)) {
                assertThat(waiting.dueMillis()).as("due, position " + position).isGreaterThanOrEqualTo(due);
                if (settings.retryPolicy().backoff().jitter() == 0) {
                    assertThat(waiting.dueMillis())
                            .as("due to the millisecond, position " + position)
                            .isEqualTo(due);
                }
                notBefore.put(position, due);
            }
        });
        assertThat(run.snapshot().health().breaker().state()).as("breaker").isEqualTo(breaker.state());
        looked(run);
    }

    /** At the end everything was delivered or given up. */
    void atRest() {
        for (LogEvent event : matching) {
            long position = event.position();
            if (position > database.begin) {
                assertThat(arrived.contains(position) || database.deadSinceMoved.contains(position))
                        .as("W1: neither delivered nor dead, position " + position)
                        .isTrue();
            }
        }
        assertThat(database.rows).as("nothing waits").isEmpty();
        assertThat(database.low.position()).as("the mark is at the head").isEqualTo(log.size());
        assertThat(new ArrayList<>(database.attempts.values()))
                .as("W3: every attempt is closed")
                .noneMatch(t -> t.outcome == AttemptOutcome.STARTED);
    }
}
