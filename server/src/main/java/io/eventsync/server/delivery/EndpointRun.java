package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.DisableReason;
import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointSettings.ExhaustedPolicy;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as the node that has its lease works it: takes events in, says what to send next, and decides what comes of the answers.
 * Knows neither network nor database nor clock: time is handed in, as milliseconds of a clock that never jumps.
 */
final class EndpointRun {
    /** So many events may overtake a slow one; at half of it the slow one is set aside, so that the mark moves on. */
    private static final int AHEAD_MAX = 64;

    private static final int BUFFER_EVENTS_MIN = 64;

    /** Two readings of one due time differ by what the way to the database takes. */
    private static final long DUE_MILLIS_SLACK = 1_000;

    private static final long BUFFER_BYTES_MAX = 256 << 10;
    private static final long RETRY_AFTER_MILLIS_MAX = 24L * 3_600_000;

    private final EndpointHandle handle;
    private final EndpointSettings settings;
    private final Ledger ledger;
    private final Supplier<UUID> ids;
    private final RandomGenerator random;
    private final int inFlightMax;
    private final int waitingMax;
    private final Window window;
    private final Backlog backlog;
    private final Breaker breaker;
    private final RateGate rate;
    private final FailingSince failing;
    private final Map<UUID, Attempt> inFlight = new LinkedHashMap<>();
    private final Map<Long, Integer> numbersBefore;
    private final Deque<Delivery> buffer = new ArrayDeque<>();
    private final Set<String> busyKeys = new HashSet<>();
    private long bufferBytes;
    private int orderedInFlight;
    private boolean preferBuffer;
    private EndpointState state = EndpointState.ACTIVE;
    private boolean isStateTold;
    private @Nullable DisableReason disableReason;
    private long blockedPosition;
    private long pausedUntilMillis = Long.MIN_VALUE;
    private long lastSuccessMillis = Long.MIN_VALUE;
    private long lastFailureMillis = Long.MIN_VALUE;
    private boolean isStopping;
    private boolean isLost;
    private @Nullable Set<Long> changedSinceAsked;

    /**
     * @param ids makes the names of attempts
     * @param waitingMax deliveries that may wait before no new ones are taken
     */
    EndpointRun(
            RunStart start,
            Ledger ledger,
            Supplier<UUID> ids,
            RandomGenerator random,
            int inFlightLimit,
            int waitingMax,
            long nowMillis) {
        this.handle = start.handle();
        this.settings = start.settings();
        this.ledger = ledger;
        this.ids = ids;
        this.random = random;
        this.waitingMax = waitingMax;
        this.inFlightMax = settings.ordering() == Ordering.ORDERED
                ? 1
                : settings.maxInFlight() == 0 ? inFlightLimit : Math.min(inFlightLimit, settings.maxInFlight());
        this.window = new Window(start.low(), start.previous(), start.ahead());
        this.numbersBefore = new HashMap<>(start.numbers());
        this.backlog = new Backlog(settings.ordering());
        this.breaker = start.breaker(inFlightMax);
        this.failing = start.failing();
        this.rate = new RateGate(settings.rateLimit(), nowMillis);
        this.pausedUntilMillis = start.pausedUntilMillis();
        start.waiting().forEach(delivery -> backlog.add(delivery, nowMillis));
    }

    EndpointHandle handle() {
        return handle;
    }

    EndpointSettings settings() {
        return settings;
    }

    // ---- taking events in ----

    /** How many more events it takes now. */
    int room() {
        boolean isFull =
                bufferBytes >= bufferBytesMax() || window.settledAhead() >= aheadMax() || backlog.size() >= waitingMax;
        return isFull || !isWorking() ? 0 : Math.max(0, bufferMax() - buffer.size());
    }

    /** Whether it is worth a page of the log. */
    boolean wantsPage() {
        return room() > bufferMax() / 2;
    }

    private int bufferMax() {
        return Math.max(BUFFER_EVENTS_MIN, 2 * inFlightMax * settings.batchEventsMax());
    }

    private long bufferBytesMax() {
        return settings.destination() instanceof WebhookDestination w
                        && w.batch().isPresent()
                ? Math.max(BUFFER_BYTES_MAX, 2L * w.batch().get().bytesMax())
                : BUFFER_BYTES_MAX;
    }

    private int aheadMax() {
        return Math.max(AHEAD_MAX, 3 * inFlightMax * settings.batchEventsMax());
    }

    /** Takes the next matching event of the log. */
    void offer(LogEvent event, long nowMillis) {
        if (event.position() <= window.read().position()) {
            return;
        }
        LogPoint previous = window.previous();
        if (!window.take(LogPoint.after(event))) {
            return;
        }
        Delivery delivery = Delivery.of(event, previous);
        Integer made = numbersBefore.get(event.position());
        if (made != null) {
            delivery.number(made);
        }
        delivery.dueMillis(nowMillis);
        buffer.add(delivery);
        bufferBytes += delivery.bytes();
    }

    /** Everything up to here was looked at; what matched was offered. */
    void readThrough(LogPoint point) {
        window.readThrough(point);
    }

    LogPoint read() {
        return window.read();
    }

    // ---- sending ----

    private boolean isWorking() {
        return state == EndpointState.ACTIVE && !isStopping;
    }

    /** What to send next, or nothing for now. The events of what waited have to be fetched; then {@link #begin} or {@link #drop}. */
    @Nullable
    Attempt next(long nowMillis) {
        if (!isWorking()
                || inFlight.size() >= breaker.limit(nowMillis)
                || nowMillis < pausedUntilMillis
                || rate.waitMillis(nowMillis) > 0) {
            return null;
        }
        List<Delivery> picked = pick(nowMillis);
        if (picked.isEmpty()) {
            return null;
        }
        rate.take(nowMillis);
        breaker.started();
        Attempt attempt = new Attempt(ids.get(), picked);
        inFlight.put(attempt.id(), attempt);
        picked.forEach(this::occupy);
        return attempt;
    }

    private void occupy(Delivery delivery) {
        delivery.inFlight(true);
        if (!delivery.isAsked()) {
            orderedInFlight++;
            if (settings.ordering() == Ordering.ORDERED_BY_KEY
                    && !delivery.key().isEmpty()) {
                busyKeys.add(delivery.key());
            }
        }
    }

    private void free(Delivery delivery) {
        delivery.inFlight(false);
        if (!delivery.isAsked()) {
            orderedInFlight--;
            busyKeys.remove(delivery.key());
        }
    }

    /** Of what waits and what is new by turns, so that neither starves the other. */
    private List<Delivery> pick(long nowMillis) {
        if (settings.ordering() == Ordering.ORDERED && orderedInFlight > 0) {
            return List.of();
        }
        List<Delivery> first = preferBuffer ? pickNew(nowMillis) : pickWaiting(nowMillis);
        List<Delivery> picked = !first.isEmpty() ? first : preferBuffer ? pickWaiting(nowMillis) : pickNew(nowMillis);
        preferBuffer = !picked.isEmpty() && picked.get(0).state() != Delivery.State.NEW;
        return picked;
    }

    private List<Delivery> pickWaiting(long nowMillis) {
        return backlog.takeDue(nowMillis, eventsMax(), batchBytesMax());
    }

    /** A receiver that fails is tried with single events. */
    private int eventsMax() {
        return breaker.state() == Breaker.State.CLOSED ? settings.batchEventsMax() : 1;
    }

    private int batchBytesMax() {
        return settings.destination() instanceof WebhookDestination w
                ? w.batch().map(WebhookDestination.Batch::bytesMax).orElse(Integer.MAX_VALUE)
                : Integer.MAX_VALUE;
    }

    private List<Delivery> pickNew(long nowMillis) {
        if (buffer.isEmpty() || backlog.size() >= waitingMax || isBatchWaiting(nowMillis)) {
            return List.of();
        }
        List<Delivery> picked = new ArrayList<>();
        long bytes = 0;
        for (Iterator<Delivery> rest = buffer.iterator(); rest.hasNext() && picked.size() < eventsMax(); ) {
            Delivery next = rest.next();
            if (backlog.holdsUp(next)) {
                if (settings.ordering() == Ordering.ORDERED || backlog.size() >= waitingMax) {
                    break;
                }
                rest.remove();
                bufferBytes -= next.bytes();
                setBehind(next, nowMillis);
                continue;
            }
            if (busyKeys.contains(next.key())) {
                continue;
            }
            if (!picked.isEmpty() && bytes + next.bytes() > batchBytesMax()) {
                break;
            }
            bytes += next.bytes();
            rest.remove();
            bufferBytes -= next.bytes();
            picked.add(next);
        }
        if (picked.isEmpty() && !wantsPage()) {
            setBusyBehind(nowMillis);
        }
        return picked;
    }

    /** A batch waits for company, but not for ever. */
    private boolean isBatchWaiting(long nowMillis) {
        return buffer.size() < settings.batchEventsMax()
                && bufferBytes < batchBytesMax()
                && nowMillis < batchDueMillis();
    }

    private long batchDueMillis() {
        Delivery first = buffer.element();
        return settings.destination() instanceof WebhookDestination w
                ? first.dueMillis() + w.batch().map(b -> b.waitMax().toMillis()).orElse(0L)
                : first.dueMillis();
    }

    /** Keys that are busy for long must not hold up the others: their events make room. */
    private void setBusyBehind(long nowMillis) {
        if (settings.ordering() != Ordering.ORDERED_BY_KEY || backlog.size() >= waitingMax) {
            return;
        }
        Set<Delivery> leaders = new HashSet<>();
        inFlight.values().forEach(a -> leaders.addAll(a.deliveries()));
        for (Delivery leader : leaders) {
            if (!leader.isAsked() && !leader.key().isEmpty() && backlog.get(leader.position()) == null) {
                setAsideInFlight(leader, nowMillis);
            }
        }
        for (Iterator<Delivery> rest = buffer.iterator(); rest.hasNext() && backlog.size() < waitingMax; ) {
            Delivery next = rest.next();
            if (busyKeys.contains(next.key())) {
                rest.remove();
                bufferBytes -= next.bytes();
                setBehind(next, nowMillis);
            }
        }
    }

    private void setBehind(Delivery delivery, long nowMillis) {
        delivery.state(Delivery.State.BEHIND);
        backlog.add(delivery, nowMillis);
        ledger.setAside(this, delivery, null);
        window.settle(delivery.position());
    }

    /** The events are here: the attempt may go on record. */
    void begin(Attempt attempt) {
        attempt.deliveries().forEach(d -> numbersBefore.remove(d.position()));
        ledger.start(this, attempt);
    }

    /** The attempt's events could not be fetched: it is not made, and tried again a little later. */
    void drop(Attempt attempt, long retryAtMillis, long nowMillis) {
        inFlight.remove(attempt.id());
        breaker.saidNothing(nowMillis);
        for (Delivery delivery : attempt.deliveries()) {
            free(delivery);
            delivery.dueMillis(retryAtMillis);
            backlog.putBack(delivery, nowMillis);
        }
    }

    /** Rows of this attempt's deliveries are gone: somebody moved the endpoint. Those that are there are due again. */
    void forget(Attempt attempt, long nowMillis) {
        drop(attempt, nowMillis, nowMillis);
        for (Delivery gone : attempt.withoutEvent()) {
            removed(gone, nowMillis);
            window.settle(gone.position());
        }
    }

    // ---- answers ----

    void ended(Attempt attempt, AttemptResult result, long nowMillis) {
        if (inFlight.remove(attempt.id()) == null || isLost) {
            return;
        }
        judge(attempt, result, nowMillis);
        ledger.ended(this, attempt, result);
        for (Delivery delivery : attempt.deliveries()) {
            free(delivery); // not sooner: what comes first in its group must not be due before it was judged
            if (result.tookEvent(delivery.position())) {
                settle(delivery, nowMillis);
            } else {
                failed(delivery, result, nowMillis);
            }
        }
        leaveSlowBehind(nowMillis);
        ledger.touched(this);
    }

    /** What the answer says about the receiver. */
    private void judge(Attempt attempt, AttemptResult result, long nowMillis) {
        if (result.error().isEmpty() || result.is(AttemptError.PARTIAL)) {
            lastSuccessMillis = nowMillis;
            failing.succeeded();
            Breaker.State before = breaker.state();
            breaker.succeeded(nowMillis);
            if (before == Breaker.State.HALF_OPEN) {
                announce("BREAKER_CLOSED", "the receiver works again", "");
            }
            return;
        }
        lastFailureMillis = nowMillis;
        if (result.retryAfterMillis() > 0) {
            pausedUntilMillis = Math.max(
                    pausedUntilMillis, nowMillis + Math.min(RETRY_AFTER_MILLIS_MAX, result.retryAfterMillis()));
        }
        if (result.is(AttemptError.INTERNAL)) {
            breaker.saidNothing(nowMillis);
            return;
        }
        failing.failed(nowMillis, attempt.first().position());
        if (result.is(AttemptError.THROTTLED)) {
            breaker.saidNothing(nowMillis);
        } else {
            Breaker.State before = breaker.state();
            breaker.failed(nowMillis);
            if (before == Breaker.State.CLOSED && breaker.state() == Breaker.State.OPEN) {
                announce("BREAKER_OPENED", "the receiver fails: " + result.message(), "");
            }
        }
        if (result.is(AttemptError.GONE)) {
            disable(DisableReason.GONE, "the receiver answered 410 Gone");
        } else if (failing.isEnough()) {
            disable(DisableReason.FAILING, "no success for five days");
        } else {
            warn();
        }
    }

    private void warn() {
        int percent = failing.newWarning();
        if (percent > 0) {
            announce(
                    "FAILING",
                    "no success for " + percent + " % of the time after which the endpoint is disabled",
                    ",\"percent\":" + percent);
        }
    }

    private void settle(Delivery delivery, long nowMillis) {
        window.settle(delivery.position());
        Delivery waiting = backlog.get(delivery.position());
        if (waiting == delivery) {
            removed(delivery, nowMillis);
            ledger.settled(this, delivery);
        }
        delivery.event(null);
    }

    private void failed(Delivery delivery, AttemptResult result, long nowMillis) {
        if (result.is(AttemptError.GONE)) {
            wait(delivery, nowMillis, result, nowMillis);
            return;
        }
        delivery.attempts(delivery.attempts() + 1);
        boolean isRefused =
                result.isFinal() || settings.retryPolicy().noRetryStatuses().contains(result.status());
        OptionalLong delay = settings.retryPolicy().backoff().delayMillis(delivery.attempts(), random);
        if (isRefused || delay.isEmpty()) {
            giveUp(delivery, reason(isRefused, result), result, nowMillis);
        } else {
            long pause = Math.min(RETRY_AFTER_MILLIS_MAX, result.retryAfterMillis());
            wait(delivery, nowMillis + Math.max(delay.getAsLong(), pause), result, nowMillis);
        }
    }

    private static DeadLetterReason reason(boolean isRefused, AttemptResult result) {
        if (!isRefused) {
            return DeadLetterReason.EXHAUSTED;
        }
        return result.is(AttemptError.INTERNAL) ? DeadLetterReason.NOT_RENDERABLE : DeadLetterReason.REFUSED;
    }

    private void wait(Delivery delivery, long dueMillis, @Nullable AttemptResult cause, long nowMillis) {
        delivery.state(Delivery.State.RETRYING);
        delivery.dueMillis(dueMillis);
        if (backlog.get(delivery.position()) == delivery) {
            backlog.putBack(delivery, nowMillis);
        } else {
            backlog.add(delivery, nowMillis);
        }
        ledger.setAside(this, delivery, cause);
        changed(delivery);
        window.settle(delivery.position());
    }

    private void giveUp(Delivery delivery, DeadLetterReason reason, AttemptResult result, long nowMillis) {
        if (settings.onExhausted() == ExhaustedPolicy.BLOCK && !delivery.isAsked()) {
            delivery.state(Delivery.State.BLOCKING);
            if (backlog.get(delivery.position()) == null) {
                backlog.add(delivery, nowMillis);
            }
            ledger.setAside(this, delivery, result);
            window.settle(delivery.position());
            boolean isFirst = state == EndpointState.ACTIVE;
            if (isFirst || isStateTold) {
                state = EndpointState.BLOCKED;
                disableReason = null;
                blockedPosition = delivery.position();
                isStateTold = false;
            }
            if (isFirst) {
                announce("BLOCKED", "an event was given up: " + result.message(), position(delivery));
            }
            return;
        }
        if (backlog.get(delivery.position()) == delivery) {
            removed(delivery, nowMillis);
        }
        ledger.dead(this, delivery, reason, result);
        window.settle(delivery.position());
        announce(
                "DEAD_LETTER",
                "an event was given up: " + result.message(),
                position(delivery) + ",\"reason\":\"" + reason + "\"");
    }

    private static String position(Delivery delivery) {
        return ",\"position\":" + delivery.position();
    }

    /** The oldest event in flight gets a row once many after it are settled, so that the low-water mark moves on. */
    private void leaveSlowBehind(long nowMillis) {
        if (window.settledAhead() < aheadMax() / 2
                || backlog.size() >= waitingMax
                || settings.ordering() == Ordering.ORDERED) {
            return;
        }
        long oldest = window.oldestOpen();
        for (Attempt attempt : inFlight.values()) {
            for (Delivery delivery : attempt.deliveries()) {
                if (delivery.position() == oldest) {
                    setAsideInFlight(delivery, nowMillis);
                    return;
                }
            }
        }
    }

    private void setAsideInFlight(Delivery delivery, long nowMillis) {
        delivery.state(Delivery.State.RETRYING);
        delivery.dueMillis(nowMillis);
        backlog.add(delivery, nowMillis);
        ledger.setAside(this, delivery, null);
        window.settle(delivery.position());
    }

    // ---- the endpoint as a whole ----

    /** Starts nothing more; what is in flight ends as it would. */
    void stop() {
        isStopping = true;
        buffer.clear();
        bufferBytes = 0;
    }

    /** Another node has the endpoint: nothing that happens here counts any more. */
    void lose() {
        isLost = true;
        stop();
    }

    boolean isLost() {
        return isLost;
    }

    int inFlight() {
        return inFlight.size();
    }

    void disable(DisableReason reason, String message) {
        if (state == EndpointState.ACTIVE) {
            state = EndpointState.DISABLED;
            disableReason = reason;
            announce("DISABLED", message, ",\"reason\":\"" + reason + "\"");
            ledger.touched(this);
        }
    }

    /**
     * The rows will be read for {@link #sync} as soon as all that happened up to now is on record: what they say of deliveries that change
     * from now on is not news when they arrive.
     */
    void beginSync() {
        changedSinceAsked = new HashSet<>();
    }

    private void removed(Delivery delivery, long nowMillis) {
        backlog.remove(delivery, nowMillis);
        changed(delivery);
    }

    private void changed(Delivery delivery) {
        if (changedSinceAsked != null) {
            changedSinceAsked.add(delivery.position());
        }
    }

    /**
     * Takes in what others changed about the deliveries that wait.
     *
     * @param rows all of them, as they are in the database
     * @param turn the last one recorded before the rows were read
     */
    void sync(Collection<Delivery> rows, long turn, long nowMillis) {
        Set<Long> changed = changedSinceAsked == null ? Set.of() : changedSinceAsked;
        changedSinceAsked = null;
        Set<Long> there = new HashSet<>();
        for (Delivery row : rows) {
            there.add(row.position());
            if (changed.contains(row.position())) {
                continue;
            }
            Delivery known = backlog.get(row.position());
            if (known == null) {
                boolean isNewHere = inFlight.values().stream()
                        .flatMap(a -> a.deliveries().stream())
                        .noneMatch(d -> d.position() == row.position());
                if (isNewHere) {
                    backlog.add(row, nowMillis);
                }
            } else if (!known.isInFlight() && known.state() == Delivery.State.RETRYING) {
                known.replayId(row.replayId());
                if (row.attempts() < known.attempts() || row.dueMillis() < known.dueMillis() - DUE_MILLIS_SLACK) {
                    known.attempts(row.attempts());
                    backlog.reschedule(known, row.dueMillis(), nowMillis);
                }
            }
        }
        for (Delivery known : backlog.all()) {
            boolean isGone = known.hasRow() && known.rowSince() <= turn && !there.contains(known.position());
            if (isGone && !known.isInFlight()) {
                backlog.remove(known, nowMillis);
            }
        }
    }

    void announce(String what, String message, String more) {
        String tag = "$SYSTEM.ENDPOINT." + what;
        if (!settings.filter().matchesTag(tag)) {
            ledger.announce(
                    this,
                    new SystemEvent(
                            ids.get().toString(),
                            tag,
                            handle.name(),
                            handle.name() + ": " + message,
                            "{\"endpoint\":\"" + handle.name() + "\"" + more + "}"));
        }
    }

    /** When to ask again what to send, if nothing happens before; {@link Long#MAX_VALUE} if there is nothing to send. */
    long wakeMillis(long nowMillis) {
        if (!isWorking()) {
            return Long.MAX_VALUE;
        }
        long ready = backlog.nextDueMillis();
        if (mayPickNew()) {
            ready = Math.min(ready, isBatchWaiting(nowMillis) ? batchDueMillis() : nowMillis);
        }
        if (ready == Long.MAX_VALUE) {
            return ready;
        }
        if (inFlight.size() >= Math.max(1, breaker.limit(nowMillis))) {
            return Long.MAX_VALUE; // an answer wakes it
        }
        long wake = Math.max(ready, pausedUntilMillis);
        if (breaker.state() == Breaker.State.OPEN) {
            wake = Math.max(wake, breaker.probeAtMillis());
        }
        return Math.max(wake, nowMillis + rate.waitMillis(nowMillis));
    }

    /** Whether some of what is new may go, or make room, when its time has come; else an answer or a due time comes first. */
    private boolean mayPickNew() {
        if (buffer.isEmpty() || backlog.size() >= waitingMax) {
            return false;
        }
        return switch (settings.ordering()) {
            case PARALLEL -> true;
            case ORDERED -> orderedInFlight == 0 && !backlog.holdsUp(buffer.element());
            case ORDERED_BY_KEY -> buffer.stream().anyMatch(d -> !busyKeys.contains(d.key()));
        };
    }

    /** The snapshot goes on record. Its change of state does so once: a caller may have resumed the endpoint before the next. */
    void told() {
        isStateTold = state != EndpointState.ACTIVE;
    }

    RunSnapshot snapshot() {
        return new RunSnapshot(
                isStateTold ? EndpointState.ACTIVE : state,
                isStateTold ? null : disableReason,
                isStateTold ? 0 : blockedPosition,
                window.low(),
                window.previousOfLow(),
                window.ahead(),
                List.copyOf(inFlight.values()),
                Map.copyOf(numbersBefore),
                breaker,
                pausedUntilMillis,
                lastSuccessMillis,
                lastFailureMillis,
                failing);
    }

    EndpointState state() {
        return state;
    }

    Backlog backlog() {
        return backlog;
    }
}
