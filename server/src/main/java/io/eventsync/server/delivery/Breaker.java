package io.eventsync.server.delivery;

/**
 * Stops sending to a receiver that fails, and finds out with single events when it works again. After that the number in flight grows
 * 1, 2, 4 and so on.
 */
final class Breaker {
    /** See docs/STATE_MACHINES.md. The same names are a CHECK constraint of the table. */
    enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    static final int FAILURES_IN_ROW_MAX = 10;
    static final int SAMPLE_MIN = 20;
    static final long SAMPLE_MILLIS = 60_000;
    static final long PROBE_MILLIS_MIN = 30_000;
    static final long PROBE_MILLIS_MAX = 600_000;

    private static final int BUCKETS = 60;

    private final int cap;
    private final long[] bucketSecond = new long[BUCKETS];
    private final int[] bucketTotal = new int[BUCKETS];
    private final int[] bucketFailed = new int[BUCKETS];
    private State state = State.CLOSED;
    private int failuresInRow;
    private long probeWaitMillis;
    private long probeAtMillis;
    private int limit;
    private int successesAtLimit;

    /** @param cap most in flight while all is well */
    Breaker(int cap) {
        this.cap = cap;
        this.limit = cap;
    }

    /** As it was when somebody else worked the endpoint. A probe that was out then is due again. */
    Breaker(int cap, State state, int failuresInRow, long probeWaitMillis, long probeAtMillis, int limit) {
        this(cap);
        this.state = state == State.HALF_OPEN ? State.OPEN : state;
        this.failuresInRow = failuresInRow;
        this.probeWaitMillis = probeWaitMillis;
        this.probeAtMillis = probeAtMillis;
        this.limit = limit <= 0 ? cap : Math.min(cap, limit);
    }

    State state() {
        return state;
    }

    int failuresInRow() {
        return failuresInRow;
    }

    long probeWaitMillis() {
        return probeWaitMillis;
    }

    /** When the next probe may go out; counts while OPEN. */
    long probeAtMillis() {
        return probeAtMillis;
    }

    /** How many may be in flight, counting those that are. */
    int limit(long nowMillis) {
        return switch (state) {
            case CLOSED -> limit;
            case OPEN -> nowMillis >= probeAtMillis ? 1 : 0;
            case HALF_OPEN -> 1;
        };
    }

    void started() {
        if (state == State.OPEN) {
            state = State.HALF_OPEN;
        }
    }

    void succeeded(long nowMillis) {
        failuresInRow = 0;
        count(nowMillis, false);
        if (state == State.HALF_OPEN) {
            state = State.CLOSED;
            probeWaitMillis = 0;
            limit = 1;
            successesAtLimit = 0;
            forgetSample();
        } else if (state == State.CLOSED && limit < cap && ++successesAtLimit >= limit) {
            limit = Math.min(cap, limit * 2);
            successesAtLimit = 0;
        }
    }

    void failed(long nowMillis) {
        failuresInRow++;
        count(nowMillis, true);
        if (state == State.HALF_OPEN) {
            open(nowMillis, Math.min(PROBE_MILLIS_MAX, Math.max(PROBE_MILLIS_MIN, probeWaitMillis * 2)));
        } else if (state == State.CLOSED && (failuresInRow >= FAILURES_IN_ROW_MAX || failsByHalf(nowMillis))) {
            open(nowMillis, PROBE_MILLIS_MIN);
        }
    }

    /** It ended in a way that says nothing about the receiver. */
    void saidNothing(long nowMillis) {
        if (state == State.HALF_OPEN) {
            open(nowMillis, Math.max(PROBE_MILLIS_MIN, probeWaitMillis));
        }
    }

    private void open(long nowMillis, long waitMillis) {
        state = State.OPEN;
        probeWaitMillis = waitMillis;
        probeAtMillis = nowMillis + waitMillis;
    }

    private void count(long nowMillis, boolean isFailure) {
        long second = nowMillis / 1_000;
        int bucket = (int) Math.floorMod(second, (long) BUCKETS);
        if (bucketSecond[bucket] != second) {
            bucketSecond[bucket] = second;
            bucketTotal[bucket] = 0;
            bucketFailed[bucket] = 0;
        }
        bucketTotal[bucket]++;
        if (isFailure) {
            bucketFailed[bucket]++;
        }
    }

    private boolean failsByHalf(long nowMillis) {
        long oldest = nowMillis / 1_000 - SAMPLE_MILLIS / 1_000;
        int total = 0;
        int failed = 0;
        for (int i = 0; i < BUCKETS; i++) {
            if (bucketSecond[i] > oldest) {
                total += bucketTotal[i];
                failed += bucketFailed[i];
            }
        }
        return total >= SAMPLE_MIN && failed * 2 >= total;
    }

    private void forgetSample() {
        java.util.Arrays.fill(bucketTotal, 0);
        java.util.Arrays.fill(bucketFailed, 0);
    }
}
