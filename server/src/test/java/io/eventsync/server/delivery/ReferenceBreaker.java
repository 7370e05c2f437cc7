package io.eventsync.server.delivery;

import java.util.ArrayList;
import java.util.List;

/** The breaker as endpoint_service.proto words it, with every attempt remembered. */
final class ReferenceBreaker {
    private final int cap;
    private final List<long[]> sample = new ArrayList<>();
    private Breaker.State state = Breaker.State.CLOSED;
    private int inRow;
    private long wait;
    private long probeAt;
    private int limit;
    private int successes;

    ReferenceBreaker(int cap) {
        this.cap = cap;
        this.limit = cap;
    }

    ReferenceBreaker(int cap, Breaker.State state, int inRow, long wait, long probeAt, int limit) {
        this.cap = cap;
        this.state = state == Breaker.State.HALF_OPEN ? Breaker.State.OPEN : state;
        this.inRow = inRow;
        this.wait = wait;
        this.probeAt = probeAt;
        this.limit = limit == 0 ? cap : Math.min(cap, limit);
    }

    Breaker.State state() {
        return state;
    }

    boolean isOpen() {
        return state == Breaker.State.OPEN;
    }

    int limit(long now) {
        return state == Breaker.State.CLOSED ? limit : state == Breaker.State.OPEN && now < probeAt ? 0 : 1;
    }

    void started() {
        if (state == Breaker.State.OPEN) {
            state = Breaker.State.HALF_OPEN;
        }
    }

    void saidNothing(long now) {
        if (state == Breaker.State.HALF_OPEN) {
            state = Breaker.State.OPEN;
            wait = Math.max(30_000, wait);
            probeAt = now + wait;
        }
    }

    void ended(AttemptResult result, long now) {
        if (result.error().isEmpty() || result.is(AttemptError.PARTIAL)) {
            inRow = 0;
            sample.add(new long[] {now / 1_000, 0});
            if (state == Breaker.State.HALF_OPEN) {
                state = Breaker.State.CLOSED;
                wait = 0;
                limit = 1;
                successes = 0;
                sample.clear();
            } else if (state == Breaker.State.CLOSED && limit < cap && ++successes == limit) {
                limit = Math.min(cap, 2 * limit);
                successes = 0;
            }
        } else if (result.is(AttemptError.INTERNAL) || result.is(AttemptError.THROTTLED)) {
            saidNothing(now);
        } else {
            failed(now);
        }
    }

    private void failed(long now) {
        inRow++;
        sample.add(new long[] {now / 1_000, 1});
        sample.removeIf(s -> s[0] <= now / 1_000 - 60);
        long bad = sample.stream().filter(s -> s[1] == 1).count();
        boolean isHalf = sample.size() >= 20 && 2 * bad >= sample.size();
        if (state == Breaker.State.HALF_OPEN || (state == Breaker.State.CLOSED && (inRow >= 10 || isHalf))) {
            wait = state == Breaker.State.CLOSED ? 30_000 : Math.min(600_000, Math.max(30_000, 2 * wait));
            state = Breaker.State.OPEN;
            probeAt = now + wait;
        }
    }
}
