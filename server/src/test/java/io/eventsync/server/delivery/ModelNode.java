package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A node that works one endpoint as DeliveryNode, Recorder, Pump and Feeder do: the same calls in the same order, only that the history
 * decides when an answer of the database or of the receiver comes.
 */
final class ModelNode {
    private static final long FETCH_RETRY_MILLIS = 1_000;
    private static final long RETRY_MILLIS_MIN = 20;
    private static final int PAGE_POSITIONS = 7;
    private static final int IDLE_WAKES_MAX = 10;

    private final Random random;
    private final ModelDatabase database;
    private final List<LogEvent> log;
    private final ModelChecks checks;
    private final Receiver receiver;
    private final int inFlightLimit;
    private final int waitingMax;
    private final List<Attempt> fetches = new ArrayList<>();
    private final PriorityQueue<Call> calls = new PriorityQueue<>(
            java.util.Comparator.comparingLong(Call::answerAt).thenComparing(Call::id));

    private @Nullable EndpointRun run;
    private ModelTurn open = new ModelTurn();
    private @Nullable ModelTurn writing;
    private ModelTurn.@Nullable Sealed sealed;
    private @Nullable Sync sync;
    private long turns;
    private long askedSeen;
    private long wakeAt = Long.MAX_VALUE;
    private boolean isEnding;
    private boolean readsAnew;
    private long ids;
    private int kills;
    private int picks;
    private int idleWakes;

    /** Where a request goes. */
    interface Receiver {
        Call call(Attempt attempt, long now);
    }

    /** A request that is under way. */
    record Call(UUID id, Attempt attempt, AttemptResult result, long answerAt) {}

    private static final class Sync {
        final long waitsFor;
        final long asked;
        long turn;

        @Nullable
        List<Delivery> rows;

        Sync(long waitsFor, long asked) {
            this.waitsFor = waitsFor;
            this.asked = asked;
        }
    }

    ModelNode(
            Random random,
            ModelDatabase database,
            List<LogEvent> log,
            ModelChecks checks,
            Receiver receiver,
            int inFlightLimit,
            int waitingMax) {
        this.random = random;
        this.database = database;
        this.log = log;
        this.checks = checks;
        this.receiver = receiver;
        this.inFlightLimit = inFlightLimit;
        this.waitingMax = waitingMax;
    }

    // ---- leases ----

    /** Everything in memory is lost. What was under way may have arrived. */
    void kill(long now) {
        if (sealed != null && random.nextBoolean()) {
            Object unused = apply(sealed, now);
        }
        calls.forEach(call -> {
            if (random.nextBoolean()) {
                checks.arrived(call, now);
            }
        });
        kills++;
        run = null;
        database.isOwned = false;
        forgetAll();
        checks.lost();
    }

    private void forgetAll() {
        open = new ModelTurn();
        writing = null;
        sealed = null;
        sync = null;
        fetches.clear();
        calls.clear();
        wakeAt = Long.MAX_VALUE;
        isEnding = false;
    }

    /** See {@code DeliveryNode.follow}. */
    void look(long now) {
        EndpointRun mine = run;
        if (mine == null) {
            if (database.state == EndpointState.ACTIVE) {
                database.take(now);
                load(now);
            }
        } else if (database.revision != mine.handle().revision()) {
            end(true, now);
        } else if (database.asked != askedSeen) {
            beginSync(mine);
        }
    }

    private void load(long now) {
        EndpointRun made = new EndpointRun(
                database.load(now),
                new Forward(),
                () -> new UUID(kills, ++ids),
                random,
                inFlightLimit,
                waitingMax,
                now);
        run = made;
        isEnding = false;
        askedSeen = database.asked;
        checks.loaded(made, now);
        if (database.state != EndpointState.ACTIVE) {
            open.touched(made);
            end(false, now);
        } else {
            pump(now);
        }
    }

    private void end(boolean toReadAnew, long now) {
        if (run == null || isEnding) {
            return;
        }
        isEnding = true;
        readsAnew = toReadAnew;
        run.stop();
        open.touched(run);
        endIfIdle(now);
    }

    private void endIfIdle(long now) {
        if (run == null || !isEnding || run.inFlight() > 0 || sealed != null || !open.isEmpty()) {
            return;
        }
        checks.handedOver(run, now);
        run = null;
        forgetAll();
        if (readsAnew) {
            load(now);
        } else {
            database.isOwned = false;
        }
    }

    // ---- sync ----

    private void beginSync(EndpointRun mine) {
        if (sync == null && !isEnding) {
            mine.beginSync();
            sync = new Sync(open.isEmpty() ? turns : turns + 1, database.asked);
        }
    }

    /** One step of it, if it is not held up by the record. */
    void stepSync(long now) {
        Sync running = sync;
        if (running == null || run == null) {
            return;
        }
        if (running.rows == null) {
            if ((sealed == null ? turns : turns - 1) >= running.waitsFor) {
                running.turn = sealed == null ? turns : turns - 1;
                running.rows = database.waiting(now);
            }
            return;
        }
        sync = null;
        askedSeen = running.asked;
        run.sync(running.rows, running.turn, now);
        pump(now);
    }

    // ---- recording ----

    boolean wantsToRecord() {
        return sealed != null || !open.isEmpty();
    }

    /** Begins a record, or brings the one under way forward. */
    void stepRecord(boolean mayFail, long now) {
        EndpointRun mine = run;
        if (mine == null) {
            return;
        }
        if (sealed == null) {
            if (!open.isEmpty()) {
                writing = open;
                open = new ModelTurn();
                turns++;
                sealed = writing.seal(mine, now);
            }
            return;
        }
        if (mayFail && random.nextInt(6) == 0) {
            if (random.nextBoolean()) {
                Object unused = apply(sealed, now); // and the answer is lost: it is written again
            }
            return;
        }
        boolean isLost = apply(sealed, now);
        ModelTurn done = java.util.Objects.requireNonNull(writing);
        sealed = null;
        writing = null;
        done.recorded(turns);
        if (isLost) {
            throw new AssertionError("the only node lost its lease");
        }
        for (Attempt attempt : done.starts) {
            checks.sent(attempt, now);
            calls.add(receiver.call(attempt, now));
        }
        if (mine.state() != EndpointState.ACTIVE) {
            end(false, now);
        }
        endIfIdle(now);
    }

    private boolean apply(ModelTurn.Sealed turn, long now) {
        checks.recording();
        boolean isLost = database.record(turn, now);
        checks.recorded(turn);
        return isLost;
    }

    // ---- sending ----

    private void pump(long now) {
        EndpointRun mine = run;
        if (mine == null) {
            return;
        }
        for (Attempt attempt = mine.next(now); attempt != null; attempt = mine.next(now)) {
            picks++;
            checks.picked(mine, attempt, now);
            if (attempt.withoutEvent().isEmpty()) {
                mine.begin(attempt);
            } else {
                fetches.add(attempt);
            }
        }
        checks.looked(mine);
        long wake = mine.wakeMillis(now);
        if (wake == Long.MAX_VALUE || (wake <= now && mine.inFlight() > 0)) {
            return;
        }
        long at = wake <= now ? now + RETRY_MILLIS_MIN : wake;
        if (wakeAt <= now || wakeAt > at) {
            wakeAt = at;
        }
    }

    boolean wantsToFetch() {
        return !fetches.isEmpty();
    }

    void fetch(boolean fails, long now) {
        EndpointRun mine = run;
        if (mine == null || fetches.isEmpty()) {
            return;
        }
        Attempt attempt = fetches.remove(random.nextInt(fetches.size()));
        if (fails) {
            checks.dropped(attempt, now + FETCH_RETRY_MILLIS);
            mine.drop(attempt, now + FETCH_RETRY_MILLIS, now);
        } else {
            for (Delivery delivery : attempt.withoutEvent()) {
                ModelDatabase.Row row = database.rows.get(delivery.position());
                delivery.event(row == null ? null : row.event);
            }
            if (attempt.withoutEvent().isEmpty()) {
                mine.begin(attempt);
                return;
            }
            checks.dropped(attempt, now);
            mine.forget(attempt, now);
        }
        pump(now);
        endIfIdle(now);
    }

    boolean isReading() {
        return run != null && !isEnding && run.wantsPage() && run.read().position() < log.size();
    }

    /** Feeds a page, as the log answers it. */
    void read(long now) {
        EndpointRun mine = run;
        if (mine == null || !isReading()) {
            return;
        }
        int room = mine.room();
        long end = mine.read().position();
        for (int looked = 0; looked < PAGE_POSITIONS && end < log.size() && room > 0; looked++) {
            LogEvent event = log.get((int) end);
            end++;
            if (mine.settings().filter().matches(event)) {
                mine.offer(event, now);
                checks.offered(event.position(), now);
                room--;
            }
        }
        mine.readThrough(LogPoint.after(log.get((int) end - 1)));
        pump(now);
    }

    // ---- time ----

    /** When something happens by itself. */
    long nextMillis() {
        Call next = calls.peek();
        return Math.min(run == null ? Long.MAX_VALUE : wakeAt, next == null ? Long.MAX_VALUE : next.answerAt());
    }

    /** It is this time: what is due happens. */
    void tick(long now) {
        while (!calls.isEmpty() && calls.peek().answerAt() <= now) {
            Call call = calls.poll();
            EndpointRun mine = java.util.Objects.requireNonNull(run);
            checks.arrived(call, now);
            checks.ending(mine, call, now);
            mine.ended(call.attempt(), call.result(), now);
            checks.ended(mine, call, now);
            pump(now);
            endIfIdle(now);
        }
        if (wakeAt <= now) {
            wakeAt = Long.MAX_VALUE;
            int before = picks;
            pump(now);
            idleWakes = picks > before ? 0 : idleWakes + 1;
            assertThat(idleWakes)
                    .as("it sleeps until there is something to send")
                    .isLessThan(IDLE_WAKES_MAX);
        }
    }

    /** Endpoints that match little are recorded too, only later. */
    void recordIdle() {
        if (run != null && !isEnding && database.low.position() < run.read().position() && run.inFlight() == 0) {
            open.touched(run);
        }
    }

    boolean isIdle() {
        return calls.isEmpty() && fetches.isEmpty() && sync == null && !wantsToRecord();
    }

    boolean hasRun() {
        return run != null;
    }

    /** Goes into whatever turn is open. */
    private final class Forward implements Ledger {
        @Override
        public void start(EndpointRun of, Attempt attempt) {
            open.start(of, attempt);
        }

        @Override
        public void ended(EndpointRun of, Attempt attempt, AttemptResult result) {
            open.ended(of, attempt, result);
        }

        @Override
        public void settled(EndpointRun of, Delivery delivery) {
            open.settled(of, delivery);
        }

        @Override
        public void setAside(EndpointRun of, Delivery delivery, @Nullable AttemptResult cause) {
            open.setAside(of, delivery, cause);
        }

        @Override
        public void dead(EndpointRun of, Delivery delivery, DeadLetterReason reason, AttemptResult cause) {
            open.dead(of, delivery, reason, cause);
        }

        @Override
        public void announce(EndpointRun of, SystemEvent event) {
            open.announce(of, event);
        }

        @Override
        public void touched(EndpointRun of) {
            open.touched(of);
        }
    }
}
