package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.DisableReason;
import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointSettings.ExhaustedPolicy;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointState;
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
    private final EndpointHandle handle;
    private final EndpointSettings settings;
    private final Ledger ledger;
    private final Supplier<UUID> ids;
    private final RandomGenerator random;
    private final RunLimits limits;
    private final Window window;
    private final Backlog backlog;
    private final RowSync sync;
    private final ReceiverHealth health;
    private final RateGate rate;
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
    private boolean isStopping;
    private boolean isLost;

    /**
     * @param ids makes the names of attempts
     * @param inFlightMax requests to one endpoint that the server makes at once
     * @param waitingMax deliveries that may wait before no new ones are taken
     */
    EndpointRun(
            RunStart start,
            Ledger ledger,
            Supplier<UUID> ids,
            RandomGenerator random,
            int inFlightMax,
            int waitingMax,
            long nowMillis) {
        this.handle = start.handle();
        this.settings = start.settings();
        this.ledger = ledger;
        this.ids = ids;
        this.random = random;
        this.limits = RunLimits.of(settings, inFlightMax, waitingMax);
        this.window = new Window(start.low(), start.previous(), start.ahead());
        this.numbersBefore = new HashMap<>(start.numbers());
        this.backlog = new Backlog(settings.ordering());
        this.sync = new RowSync(backlog);
        this.health = new ReceiverHealth(start.breaker(limits.inFlight()), start.failing(), start.pausedUntilMillis());
        this.rate = new RateGate(settings.rateLimit(), nowMillis);
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
                bufferBytes >= limits.bufferBytes() || window.settledAhead() >= limits.ahead() || isBacklogFull();
        return isFull || !isWorking() ? 0 : Math.max(0, limits.bufferEvents() - buffer.size());
    }

    private boolean isBacklogFull() {
        return backlog.size() >= limits.waiting();
    }

    /** Whether it is worth a page of the log. */
    boolean wantsPage() {
        return room() > limits.bufferEvents() / 2;
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
                || inFlight.size() >= health.breaker().limit(nowMillis)
                || nowMillis < health.pausedUntilMillis()
                || rate.waitMillis(nowMillis) > 0) {
            return null;
        }
        List<Delivery> picked = pick(nowMillis);
        if (picked.isEmpty()) {
            return null;
        }
        rate.take(nowMillis);
        health.breaker().started();
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
        return backlog.takeDue(nowMillis, eventsMax(), limits.batchBytes());
    }

    /** A receiver that fails is tried with single events. */
    private int eventsMax() {
        return health.breaker().state() == Breaker.State.CLOSED ? limits.batchEvents() : 1;
    }

    private List<Delivery> pickNew(long nowMillis) {
        if (buffer.isEmpty() || isBacklogFull() || isBatchWaiting(nowMillis)) {
            return List.of();
        }
        List<Delivery> picked = new ArrayList<>();
        long bytes = 0;
        for (Iterator<Delivery> rest = buffer.iterator(); rest.hasNext() && picked.size() < eventsMax(); ) {
            Delivery next = rest.next();
            if (backlog.holdsUp(next)) {
                if (settings.ordering() == Ordering.ORDERED || isBacklogFull()) {
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
            if (!picked.isEmpty() && bytes + next.bytes() > limits.batchBytes()) {
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
        return buffer.size() < limits.batchEvents()
                && bufferBytes < limits.batchBytes()
                && nowMillis < batchDueMillis();
    }

    private long batchDueMillis() {
        return buffer.element().dueMillis() + limits.batchWaitMillis();
    }

    /** Keys that are busy for long must not hold up the others: their events make room. */
    private void setBusyBehind(long nowMillis) {
        if (settings.ordering() != Ordering.ORDERED_BY_KEY || isBacklogFull()) {
            return;
        }
        Set<Delivery> leaders = new HashSet<>();
        inFlight.values().forEach(a -> leaders.addAll(a.deliveries()));
        for (Delivery leader : leaders) {
            if (!leader.isAsked() && !leader.key().isEmpty() && backlog.get(leader.position()) == null) {
                setAsideInFlight(leader, nowMillis);
            }
        }
        for (Iterator<Delivery> rest = buffer.iterator(); rest.hasNext() && !isBacklogFull(); ) {
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
        health.breaker().saidNothing(nowMillis);
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
        List<ReceiverHealth.News> news = health.judge(result, attempt.first().position(), nowMillis);
        for (ReceiverHealth.News one : news) {
            switch (one) {
                case BREAKER_OPENED -> announce("BREAKER_OPENED", "the receiver fails: " + result.message(), "");
                case BREAKER_CLOSED -> announce("BREAKER_CLOSED", "the receiver works again", "");
                case GONE -> disable(DisableReason.GONE, "the receiver answered 410 Gone");
                case FAILING_FOR_DAYS -> disable(DisableReason.FAILING, "no success for five days");
            }
        }
        if (state == EndpointState.ACTIVE) {
            warn();
        }
    }

    private void warn() {
        int percent = health.failing().newWarning();
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
            long wait = Math.max(delay.getAsLong(), ReceiverHealth.pauseMillis(result));
            wait(delivery, nowMillis + wait, result, nowMillis);
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
        sync.changed(delivery);
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
        if (window.settledAhead() < limits.ahead() / 2 || isBacklogFull() || settings.ordering() == Ordering.ORDERED) {
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

    /** See {@link RowSync#begin}. */
    void beginSync() {
        sync.begin();
    }

    private void removed(Delivery delivery, long nowMillis) {
        backlog.remove(delivery, nowMillis);
        sync.changed(delivery);
    }

    /** See {@link RowSync#take}. */
    void sync(Collection<Delivery> rows, long turn, long nowMillis) {
        Set<Long> sending = new HashSet<>();
        inFlight.values().forEach(a -> a.deliveries().forEach(d -> sending.add(d.position())));
        sync.take(rows, turn, sending, nowMillis);
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
        if (inFlight.size() >= Math.max(1, health.breaker().limit(nowMillis))) {
            return Long.MAX_VALUE; // an answer wakes it
        }
        long wake = Math.max(ready, health.pausedUntilMillis());
        if (health.breaker().state() == Breaker.State.OPEN) {
            wake = Math.max(wake, health.breaker().probeAtMillis());
        }
        return Math.max(wake, nowMillis + rate.waitMillis(nowMillis));
    }

    /** Whether some of what is new may go, or make room, when its time has come; else an answer or a due time comes first. */
    private boolean mayPickNew() {
        if (buffer.isEmpty() || isBacklogFull()) {
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
                health);
    }

    EndpointState state() {
        return state;
    }

    Backlog backlog() {
        return backlog;
    }
}
